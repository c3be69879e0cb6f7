// Sends a request: its address, headers and body, and what its answer means.

import { addressOf, type AddressParts } from './address.ts';
import { page, type CommonHeaders } from './config.ts';
import { ApiError, ConnectionError, DataError, Failure, InvalidRequest } from './errors.ts';
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

/**
 * What one call sends, and what it knows of the answer. A part that needs encoding comes as the
 * function that does it, so that a page carries only those that its calls need.
 */
export interface Parts extends AddressParts {
	readonly headers?: (() => HeadersInit) | undefined;
	/** Sent as JSON, unless undefined. */
	readonly body?: unknown;
	/** Sent instead of `body`. */
	readonly form?: (() => BodyInit | undefined) | undefined;
	/** Makes the dates of a value of JSON, or of each that a stream has. */
	readonly revive?: ((value: unknown) => unknown) | undefined;
	/** The events that a stream declares, and what their data is; 'any' when nothing is known. */
	readonly events?: Readonly<Record<string, DeclaredData>> | 'any' | undefined;
	/** A stream of text may be HTML. */
	readonly html?: boolean | undefined;
	/** Texts, as `[DONE]`, that end a stream of events where one is an event's data. */
	readonly ends?: readonly string[] | undefined;
}

/** Text, JSON, or JSON in which the function makes dates. */
export type DeclaredData = 'json' | 'text' | ((value: unknown) => unknown);

export interface Call {
	readonly method: string;
	readonly template: string;
	readonly parts: Parts;
}

export interface Transfer {
	/** Beside those of the call: `Accept`, `Last-Event-ID`. */
	headers(): Record<string, string>;
	readonly signal: AbortSignal | null;
	readonly cache?: RequestCache;
}

/** How long the body of an error is waited for, and how much of it is kept, in characters. */
const ERROR_MILLISECONDS = 5_000;
const ERROR_LENGTH = 2 ** 20;

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
	const url = addressOf(call.template, call.parts, options);
	if (isServer) expectOrigin(url, options);
	const go = (common?: CommonHeaders) => attempt(call, options, transfer, { url, common });
	return page.send ? page.send(go, { method: call.method, url }, transfer.signal) : go();
}

/** How messages name the call; without its values, which may be private. */
export function nameOf({ method, template }: Call): string {
	return `${method} ${template}`;
}

/** Throws unless the answer is of a media type that `pattern` matches. */
export function expectType(call: Call, response: Response, pattern: RegExp): void {
	const type = typeOf(response);
	if (!pattern.test(type)) throw new DataError('content_type', `${nameOf(call)} answered ${type}`);
}

async function attempt(
	call: Call,
	options: RequestOptions,
	transfer: Transfer,
	{ url, common }: { url: string; common: CommonHeaders | undefined }
): Promise<Response> {
	const { signal } = transfer;
	// Called as a plain function: a browser's fetch refuses any other `this`.
	const { fetch = globalThis.fetch } = options;
	try {
		const init = await prepare(call, transfer, [common, call.parts.headers, () => options.headers]);
		signal?.throwIfAborted();
		const response = await fetchWithin(fetch, url, init);
		if (!response.ok) throw await failure(call, response);
		return response;
	} catch (error) {
		signal?.throwIfAborted();
		throw error instanceof Failure
			? error
			: new ConnectionError('unreachable', nameOf(call), error);
	}
}

/** The later of the sources of headers win. */
async function prepare(
	call: Call,
	transfer: Transfer,
	sources: ((() => HeadersInit | undefined | Promise<HeadersInit | undefined>) | undefined)[]
): Promise<RequestInit> {
	const { body, form } = call.parts;
	try {
		const headers = new Headers(transfer.headers());
		if (body !== undefined) headers.set('content-type', 'application/json');
		for (const source of sources) {
			new Headers(await source?.()).forEach((value, name) => headers.set(name, value));
		}
		const content = form?.() ?? JSON.stringify(body) ?? null;
		return { ...transfer, method: call.method, headers, body: content };
	} catch (cause) {
		throw new InvalidRequest(`${nameOf(call)} cannot be sent: ${cause}`, { cause });
	}
}

/** An error keeps its status, whatever becomes of its body. */
async function failure(call: Call, response: Response): Promise<ApiError> {
	const text = await beginningOf(response);
	const isJson = JSON_TYPE.test(typeOf(response));
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

/** The text of a body, as far as it comes within a few seconds, and is not too much. */
async function beginningOf({ body }: Response): Promise<string> {
	let text = '';
	if (!body) return text;
	// getReader: Safari cannot iterate a body.
	const reader = body.getReader();
	const decoder = new TextDecoder();
	const nothing = () => undefined;
	const cancel = () => reader.cancel().catch(nothing);
	const timer = setTimeout(cancel, ERROR_MILLISECONDS);
	let piece;
	do {
		piece = (await reader.read().catch(nothing))?.value;
		text += decoder.decode(piece, { stream: true });
	} while (piece && text.length < ERROR_LENGTH);
	clearTimeout(timer);
	void cancel();
	return text;
}

export const JSON_TYPE = /^[^;]*[/+]json *(;|$)/i;

function typeOf({ headers }: Response): string {
	return headers.get('content-type') ?? 'no type';
}

/** Outside a page a relative address has no origin, and fetch would only say that it failed. */
function expectOrigin(address: string, options: RequestOptions): void {
	if (!address.startsWith('/') || options.fetch) return;
	throw new InvalidRequest(
		`No origin for ${address.split('?', 1)[0]}: call configure({ baseUrl }), or pass load's fetch`
	);
}
