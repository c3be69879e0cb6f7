// Copied by fluidkit. Changes to this file are overwritten.
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

/** Names and texts as FastAPI reads them: one pair for each item of a list, none for null. */
export function parameterPairs(values: AddressParts['query'] = {}): [name: string, text: string][] {
	return Object.entries(values).flatMap(([name, value]) =>
		(Array.isArray(value) ? value : [value])
			.filter((item) => item !== undefined && item !== null)
			.map((item): [string, string] => [name, textOf(item)])
	);
}

function textOf(value: unknown): string {
	return value instanceof Date ? value.toISOString() : String(value);
}

function path(template: string, values: AddressParts['path']): string {
	return template.replace(/\{([^{}:]+)(?::(\w+))?\}/g, (_, name: string, convertor?: string) => {
		const value = values?.[name];
		if (value === undefined || value === null) throw refused(name, 'is missing');
		const text = textOf(value);
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
	const pairs = parameterPairs(values).map(
		([name, value]) => `${encode(name, name)}=${encode(name, value)}`
	);
	return pairs.length ? `?${pairs.join('&')}` : '';
}

function encode(name: string, text: string): string {
	try {
		return encodeURIComponent(text);
	} catch (cause) {
		throw refused(name, 'has half a surrogate pair', cause);
	}
}

/** `https://host/prefix` or `/prefix`: nothing after which a path could mean another host. */
function origin(base: string): string {
	if (!/^(https?:\/\/[^\s/\\?#@]+)?(\/(?![/\\])[^\s\\?#]*)?$/i.test(base)) {
		throw new InvalidRequest(`baseUrl is neither http, https nor a path: ${base}`);
	}
	return base.replace(/\/+$/, '');
}

function refused(name: string, why: string, cause?: unknown): InvalidRequest {
	return new InvalidRequest(`Path or query parameter \`${name}\` ${why}`, { cause });
}
