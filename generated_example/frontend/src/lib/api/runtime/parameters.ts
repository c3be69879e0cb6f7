// Copied by fluidkit. Changes to this file are overwritten.
// Encodes what a route takes beside JSON: parameters of its path, its query and its headers, and forms.

import { addressOf, type AddressParts, type UrlOptions } from './address.ts';
import { InvalidRequest } from './errors.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * The address of a route, for a link, an image or another library.
 *
 * Throws `InvalidRequest` for a path parameter that would change the route: empty, `.`, `..`, or
 * with a slash where the route takes one segment.
 */
export function url(
	template: string,
	{ path, query }: { readonly path?: Values; readonly query?: Values },
	options?: UrlOptions
): string {
	return addressOf(template, { path: pathOf(path), query: queryOf(query) }, options);
}

export function pathOf(values: Values = {}): NonNullable<AddressParts['path']> {
	return (template) =>
		template.replace(/\{(.+?)(:path|:\w+)?\}/g, (_, name: string, convertor) => {
			const text = textOf(values[name] ?? '');
			const segments = convertor === ':path' ? text.split('/') : [text];
			return segments.map((segment) => encodeSegment(name, segment)).join('/');
		});
}

export function queryOf(values: Values = {}): NonNullable<AddressParts['query']> {
	return () => {
		const pairs = pairsOf(values).map(
			([name, text]) => `${encode(name, name)}=${encode(name, text)}`
		);
		return (pairs.length ? '?' : '') + pairs.join('&');
	};
}

export function headersOf(values: Values): () => HeadersInit {
	return () => pairsOf(values);
}

/** A form without files; none when undefined. */
export function formOf(values: Values | undefined): () => BodyInit | undefined {
	return () => values && new URLSearchParams(pairsOf(values));
}

/** A form that may hold files; none when undefined. `fetch` alone knows its type. */
export function multipartOf(values: Values | undefined): () => BodyInit | undefined {
	return () => values && filled(new FormData(), values);
}

function filled(form: FormData, values: Values): FormData {
	for (const [name, value] of Object.entries(values)) {
		for (const item of Array.isArray(value) ? value : [value]) {
			if (item instanceof Blob) form.append(name, item);
			else for (const [, text] of pairsOf({ [name]: item })) form.append(name, text);
		}
	}
	return form;
}

/** Names and texts as FastAPI reads them: one pair for each item of a list, none for null. */
function pairsOf(values: Values): [name: string, text: string][] {
	return Object.entries(values).flatMap(([name, value]) =>
		[value]
			.flat()
			.filter((item) => item != null)
			.map((item): [string, string] => [name, textOf(item)])
	);
}

function textOf(value: unknown): string {
	if (!(value instanceof Date)) return String(value);
	// null for an invalid one, whatever its type says
	const text = value.toJSON();
	if (!text) throw new InvalidRequest('Invalid date');
	return text;
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
