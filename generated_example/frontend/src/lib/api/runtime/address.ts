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

/** `https://host/prefix` or `/prefix`: nothing after which a path could mean another host. */
const BASE = /^(https?:\/\/[^\s/\\?#@]+)?(\/(?![/\\])[^\s\\?#]*)?$/i;

/**
 * The address of a route, for a link, an image or another library.
 *
 * Throws `InvalidRequest` for a path parameter that would change the route: empty, `.`, `..`, or
 * with a slash where the route takes one segment.
 */
export function url(template: string, parts: AddressParts, options?: UrlOptions): string {
	const base = options?.baseUrl ?? configured().baseUrl ?? '';
	if (!BASE.test(base)) throw new InvalidRequest(`baseUrl is neither http(s) nor a path: ${base}`);
	const path = template.replace(/\{(.+?)(:path|:\w+)?\}/g, (_, name: string, convertor) => {
		const text = textOf(parts.path?.[name] ?? '');
		const segments = convertor === ':path' ? text.split('/') : [text];
		return segments.map((segment) => encodeSegment(name, segment)).join('/');
	});
	const query = parameterPairs(parts.query).map(
		([name, value]) => `${encode(name, name)}=${encode(name, value)}`
	);
	return base.replace(/\/+$/, '') + path + (query.length ? '?' : '') + query.join('&');
}

/** Names and texts as FastAPI reads them: one pair for each item of a list, none for null. */
export function parameterPairs(values: AddressParts['query'] = {}): [name: string, text: string][] {
	return Object.entries(values).flatMap(([name, value]) =>
		[value]
			.flat()
			.filter((item) => item != null)
			.map((item): [string, string] => [name, textOf(item)])
	);
}

function textOf(value: unknown): string {
	return value instanceof Date ? value.toISOString() : String(value);
}

/** The server decodes %2F before it looks for the route: one segment would become two. */
function encodeSegment(name: string, segment: string): string {
	if (/^\.{0,2}$|\//.test(segment)) throw refused(name, 'is no segment of a path');
	return encode(name, segment);
}

function encode(name: string, text: string): string {
	try {
		return encodeURIComponent(text);
	} catch (cause) {
		throw refused(name, 'has half a surrogate pair', cause);
	}
}

function refused(name: string, why: string, cause?: unknown): InvalidRequest {
	return new InvalidRequest(`Parameter \`${name}\` ${why}`, { cause });
}
