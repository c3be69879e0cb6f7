// Builds addresses so that no value can leave the place that the route gives it.

import { configured } from './config.ts';
import { InvalidRequest } from './errors.ts';

export interface AddressParts {
	readonly path?: Readonly<Record<string, unknown>> | undefined;
	readonly query?: Readonly<Record<string, unknown>> | undefined;
}

export interface UrlOptions {
	readonly baseUrl?: string | undefined;
}

/**
 * The address of a route, for a link, an image or another library.
 *
 * Throws `InvalidRequest` for a path parameter that would change the route: empty, `.`, `..`, or
 * with a slash where the route takes one segment.
 */
export function url(template: string, parts: AddressParts, options?: UrlOptions): string {
	const base = options?.baseUrl ?? configured().baseUrl;
	return (base ? origin(base) : '') + path(template, parts.path) + query(parts.query);
}

/** The text of a parameter as FastAPI reads it. */
export function parameterText(value: unknown): string {
	return value instanceof Date ? value.toISOString() : String(value);
}

function path(template: string, values: AddressParts['path']): string {
	return template.replace(/\{([^{}:]+)(?::(\w+))?\}/g, (_, name: string, convertor?: string) => {
		const value = values?.[name];
		if (value === undefined || value === null) throw refused(name, 'is missing');
		const text = parameterText(value);
		const segments = convertor === 'path' ? text.split('/') : [text];
		return segments.map((segment) => encodeSegment(name, segment)).join('/');
	});
}

function encodeSegment(name: string, segment: string): string {
	if (/^\.{0,2}$/.test(segment)) throw refused(name, 'has an empty, `.` or `..` segment');
	// The server decodes %2F before it looks for the route: one segment would become two.
	if (segment.includes('/')) throw refused(name, 'has a slash, where the route takes one segment');
	return encode(name, segment);
}

function query(values: AddressParts['query']): string {
	const pairs: string[] = [];
	for (const [name, value] of Object.entries(values ?? {})) {
		for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
			if (item === undefined || item === null) continue;
			pairs.push(`${encode(name, name)}=${encode(name, parameterText(item))}`);
		}
	}
	return pairs.length ? `?${pairs.join('&')}` : '';
}

function encode(name: string, text: string): string {
	try {
		return encodeURIComponent(text);
	} catch (cause) {
		throw refused(name, 'has half a surrogate pair', cause);
	}
}

/** `https://host/prefix` or `/prefix`, without a slash at its end. */
function origin(base: string): string {
	const page = 'http://page.invalid';
	const parsed = URL.canParse(base, page) ? new URL(base, page) : undefined;
	if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username || parsed.password) {
		throw new InvalidRequest(`baseUrl is neither http, https nor a path: ${base}`);
	}
	const isPath = base.startsWith('/') && parsed.origin === page;
	if (!isPath && !/^https?:\/\//i.test(base)) {
		throw new InvalidRequest(`baseUrl is neither http, https nor a path: ${base}`);
	}
	return (isPath ? '' : parsed.origin) + parsed.pathname.replace(/\/+$/, '');
}

function refused(name: string, why: string, cause?: unknown): InvalidRequest {
	return new InvalidRequest(`Path or query parameter \`${name}\` ${why}`, { cause });
}
