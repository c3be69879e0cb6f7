// Sends a request: its address, headers and body, and what its answer means.

import { parameterPairs, url, type AddressParts } from './address.ts';
import { configured } from './config.ts';
import { ApiError, ConnectionError, DataError, InvalidRequest } from './errors.ts';
import { fetchWithin } from './redirects.ts';
import { isServer } from './surroundings.ts';

/** Options of every generated function. */
export interface RequestOptions {
	/** Aborts the request or the stream. */
	readonly signal?: AbortSignal | undefined;
	/** Sent beside, and before, those of `configure`. */
	readonly headers?: HeadersInit | undefined;
	/** SvelteKit's own in `load`, so that cookies travel. The global one unless given. */
	readonly fetch?: typeof globalThis.fetch | undefined;
	/** Instead of the one of `configure`. */
	readonly baseUrl?: string | undefined;
}

/** The values of one call, under their names on the wire. */
export interface Parts extends AddressParts {
	readonly headers?: Readonly<Record<string, unknown>> | undefined;
	/** Sent as JSON, unless undefined. */
	readonly body?: unknown;
	/** Sent as a form without files, unless undefined. */
	readonly form?: FormValues | undefined;
	/** Sent as a form that may hold files, unless undefined. */
	readonly multipart?: FormValues | undefined;
	/** Makes the dates of a value of JSON, or of each that a stream has. */
	readonly revive?: ((value: unknown) => unknown) | undefined;
	/** The events that a stream declares, and what their data is; 'any' when nothing is known. */
	readonly events?: Readonly<Record<string, DeclaredData>> | 'any' | undefined;
	/** Texts, as `[DONE]`, that end a stream of events where one is an event's data. */
	readonly ends?: readonly string[] | undefined;
}

/** Text, JSON, or JSON in which the function makes dates. */
export type DeclaredData = 'json' | 'text' | ((value: unknown) => unknown);

type FormValues = Readonly<Record<string, unknown>>;

export interface Call {
	readonly method: string;
	readonly template: string;
	readonly parts: Parts;
}

export interface Transfer {
	/** Beside those of the call: `Accept`, `Last-Event-ID`. */
	readonly headers: Readonly<Record<string, string>>;
	readonly signal: AbortSignal | undefined;
	readonly cache?: RequestCache;
}

/**
 * Resolves with an answer whose status is a success.
 *
 * Rejects with `InvalidRequest` before anything is sent, `ConnectionError` when no answer comes,
 * `ApiError` when it is an error, and the signal's reason when that aborts.
 */
export async function send(
	call: Call,
	options: RequestOptions,
	transfer: Transfer
): Promise<Response> {
	const { method, template, parts } = call;
	const address = reachable(url(template, parts, options), options);
	try {
		return await attempt(call, address, options, transfer);
	} catch (error) {
		if (!(error instanceof ApiError || error instanceof ConnectionError)) throw error;
		const answer = await configured().onError?.(error, { method, url: address });
		if (answer !== 'retry' || transfer.signal?.aborted) throw error;
	}
	return attempt(call, address, options, transfer);
}

/** How messages name the call; without its values, which may be private. */
export function nameOf(call: Call): string {
	return `${call.method} ${call.template}`;
}

/** Throws unless the answer is of a media type that `pattern` matches. */
export function expectType(call: Call, response: Response, pattern: RegExp): void {
	if (pattern.test(mediaType(response))) return;
	const error = new DataError('content_type', response.headers.get('content-type') ?? 'no type');
	error.message = `${nameOf(call)} answered ${error.excerpt}, which was not asked for`;
	throw error;
}

async function attempt(
	call: Call,
	address: string,
	options: RequestOptions,
	transfer: Transfer
): Promise<Response> {
	const { signal } = transfer;
	signal?.throwIfAborted();
	const init = await prepare(call, options, transfer);
	// Called as a plain function: a browser's fetch refuses any other `this`.
	const { fetch = globalThis.fetch } = options;
	const response = await fetchWithin(fetch, address, init).catch((cause: unknown) => {
		signal?.throwIfAborted();
		throw new ConnectionError('unreachable', nameOf(call), cause);
	});
	if (response.ok) return response;
	// An error keeps its status, whatever becomes of its body.
	const text = await response.text().catch(() => '');
	signal?.throwIfAborted();
	throw failure(call, response, text);
}

async function prepare(
	call: Call,
	options: RequestOptions,
	{ headers, signal, cache = 'default' }: Transfer
): Promise<RequestInit> {
	const { method, parts } = call;
	try {
		const common = configured().headers;
		const merged = new Headers(headers);
		if (parts.body !== undefined) merged.set('content-type', 'application/json');
		for (const source of [
			typeof common === 'function' ? await common() : common,
			parameterPairs(parts.headers),
			options.headers
		]) {
			new Headers(source).forEach((value, name) => merged.set(name, value));
		}
		return { method, headers: merged, body: bodyOf(parts), signal: signal ?? null, cache };
	} catch (cause) {
		throw new InvalidRequest(`${nameOf(call)} cannot be sent: ${cause}`, { cause });
	}
}

/** Of a form, `fetch` itself sends the type: only it knows the boundary of the parts. */
function bodyOf({ body, form, multipart }: Parts): BodyInit | null {
	if (form) return new URLSearchParams(parameterPairs(form));
	if (multipart) return filled(new FormData(), multipart);
	return JSON.stringify(body) ?? null;
}

function filled(form: FormData, values: FormValues): FormData {
	for (const [name, value] of Object.entries(values)) {
		for (const item of Array.isArray(value) ? value : [value]) {
			if (item instanceof Blob) form.append(name, item);
			else for (const [, text] of parameterPairs({ [name]: item })) form.append(name, text);
		}
	}
	return form;
}

function failure(call: Call, response: Response, text: string): ApiError {
	const isJson = /[/+]json$/.test(mediaType(response));
	try {
		return new ApiError(
			nameOf(call),
			response,
			isJson ? JSON.parse(text) : text || undefined,
			isJson
		);
	} catch {
		return new ApiError(nameOf(call), response, text || undefined);
	}
}

function mediaType({ headers }: Response): string {
	const type = headers.get('content-type') ?? '';
	// Not `\s`: only these may stand around a media type.
	return type.replace(/^[\t ]+|[\t ]*(;.*)?$/g, '').toLowerCase();
}

/** Outside a page a relative address has no origin, and fetch would only say that it failed. */
function reachable(address: string, options: RequestOptions): string {
	if (isServer && address.startsWith('/') && !options.fetch) {
		throw new InvalidRequest(
			`No origin for ${address.split('?', 1)[0]}: call configure({ baseUrl }), or pass load's fetch`
		);
	}
	return address;
}
