// Copied by fluidkit. Changes to this file are overwritten.
// Sends a request: its address, headers and body, and what its answer means.

import { parameterPairs, url, type AddressParts } from './address.ts';
import { configured } from './config.ts';
import { ApiError, ConnectionError, DataError, InvalidRequest } from './errors.ts';

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
	/** The events that a stream declares, and what their data is; 'any' when nothing is known. */
	readonly events?: Readonly<Record<string, 'json' | 'text'>> | 'any' | undefined;
	/** Texts, as `[DONE]`, that end a stream of events where one is an event's data. */
	readonly ends?: readonly string[] | undefined;
}

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
	const address = reachable(url(call.template, call.parts, options), options);
	try {
		return await attempt(call, address, options, transfer);
	} catch (error) {
		if (!(error instanceof ApiError || error instanceof ConnectionError)) throw error;
		const answer = await configured().onError?.(error, { method: call.method, url: address });
		if (answer !== 'retry' || transfer.signal?.aborted) throw error;
	}
	return attempt(call, address, options, transfer);
}

/** How messages name the call; without its values, which may be private. */
export function nameOf(call: Call): string {
	return `${call.method} ${call.template}`;
}

/** Throws unless the answer is of a media type that `pattern` matches. */
export function expectType(response: Response, pattern: RegExp): void {
	const header = response.headers.get('content-type') ?? '';
	// Not `\s`: only these may stand around a media type.
	const type = (header.split(';', 1)[0] ?? '').replace(/^[\t ]+|[\t ]+$/g, '').toLowerCase();
	if (!pattern.test(type)) throw new DataError('content_type', header || 'none');
}

async function attempt(
	call: Call,
	address: string,
	options: RequestOptions,
	transfer: Transfer
): Promise<Response> {
	transfer.signal?.throwIfAborted();
	const init = await prepare(call, options, transfer);
	// Called as a plain function: a browser's fetch refuses any other `this`.
	const fetch = options.fetch ?? globalThis.fetch;
	let response: Response;
	try {
		response = await fetch(address, init);
	} catch (cause) {
		transfer.signal?.throwIfAborted();
		throw new ConnectionError('unreachable', nameOf(call), cause);
	}
	if (!response.ok) throw await failure(call, response, transfer);
	return response;
}

async function prepare(
	call: Call,
	options: RequestOptions,
	transfer: Transfer
): Promise<RequestInit> {
	const init: RequestInit = { method: call.method, signal: transfer.signal ?? null };
	if (transfer.cache) init.cache = transfer.cache;
	try {
		init.headers = await headersOf(call, options, transfer);
		const body = bodyOf(call.parts);
		if (body !== undefined) init.body = body;
	} catch (cause) {
		throw new InvalidRequest(`${nameOf(call)} cannot be sent: ${String(cause)}`, { cause });
	}
	return init;
}

/** Of a form, `fetch` itself sends the type: only it knows the boundary of the parts. */
function bodyOf({ body, form, multipart }: Parts): BodyInit | undefined {
	if (form) return new URLSearchParams(parameterPairs(form));
	if (multipart) return filled(new FormData(), multipart);
	return JSON.stringify(body);
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

async function headersOf(
	call: Call,
	options: RequestOptions,
	transfer: Transfer
): Promise<Headers> {
	const { headers } = configured();
	const merged = new Headers(transfer.headers);
	if (call.parts.body !== undefined) merged.set('content-type', 'application/json');
	const common = typeof headers === 'function' ? await headers() : headers;
	for (const source of [common, parameterPairs(call.parts.headers), options.headers]) {
		new Headers(source).forEach((value, name) => merged.set(name, value));
	}
	return merged;
}

async function failure(call: Call, response: Response, { signal }: Transfer): Promise<ApiError> {
	// An error keeps its status, whatever becomes of its body.
	const text = await response.text().catch(() => '');
	signal?.throwIfAborted();
	try {
		expectType(response, /[/+]json$/);
		return new ApiError(nameOf(call), response, JSON.parse(text), true);
	} catch {
		return new ApiError(nameOf(call), response, text || undefined);
	}
}

/** Outside a page a relative address has no origin, and fetch would only say that it failed. */
function reachable(address: string, options: RequestOptions): string {
	if (address.startsWith('/') && typeof location === 'undefined' && !options.fetch) {
		throw new InvalidRequest(
			`No origin for ${address.split('?', 1)[0]}: call configure({ baseUrl }), or pass load's fetch`
		);
	}
	return address;
}
