// Copied by fluidkit. Changes to this file are overwritten.
// What holds for every request of the page: base address, headers, what to do about errors.

import { ApiError, ConnectionError, InvalidRequest } from './errors.ts';
import { isServer } from './surroundings.ts';

export interface FailedRequest {
	readonly method: string;
	readonly url: string;
}

export interface Configuration {
	/** Where the API is, when it is not on the page's own origin: `https://api.example.com`. */
	readonly baseUrl?: string | undefined;
	/** Sent with every request; a function is awaited before each. */
	readonly headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>) | undefined;
	/** Sees each failed request. To have it sent once more (a token was refreshed), return 'retry'. */
	readonly onError?:
		((error: ApiError | ConnectionError, request: FailedRequest) => OnErrorAnswer) | undefined;
}

type OnErrorAnswer = 'retry' | void | Promise<'retry' | void>;

export type CommonHeaders = () => Promise<HeadersInit | undefined>;

/** What requests heed. A page that never calls `configure()` carries nothing of what it does. */
export const page: {
	baseUrl?: string | undefined;
	/** Sends a request. */
	send?: typeof sendConfigured;
} = {};

let current: Configuration = {};
let count = 0;

/**
 * Sets what holds for every request; what is not named keeps its value.
 *
 * On the server one process serves many users, so that only `baseUrl` can be set there: pass
 * SvelteKit's `fetch` in the options of the call instead.
 */
export function configure(configuration: Configuration): void {
	if (isServer && !hasWindow() && (configuration.headers || configuration.onError)) {
		throw new InvalidRequest(
			"configure() takes only baseUrl on the server, where users share it: pass load's fetch or headers with the call"
		);
	}
	current = { ...current, ...configuration };
	count += 1;
	page.baseUrl = current.baseUrl;
	page.send = sendConfigured;
}

/** Another number after each `configure()`: what was asked for before it may have been another user's. */
export function configurationNumber(): number {
	return count;
}

async function sendConfigured(
	send: (common: CommonHeaders) => Promise<Response>,
	request: FailedRequest,
	signal: AbortSignal | null
): Promise<Response> {
	const done = new AbortController();
	// The page's own functions may take for ever: an abort waits for none of them.
	const aborted = new Promise<undefined>((resolve) => {
		const abort = () => resolve(undefined);
		signal?.addEventListener('abort', abort, { signal: done.signal });
		if (signal?.aborted) abort();
	});
	const headers = () => Promise.race([commonHeaders(), aborted]);
	try {
		return await send(headers);
	} catch (error) {
		if (!(error instanceof ApiError || error instanceof ConnectionError)) throw error;
		const answer = await Promise.race([current.onError?.(error, request), aborted]);
		if (answer !== 'retry' || signal?.aborted) throw error;
		return await send(headers);
	} finally {
		done.abort();
	}
}

function commonHeaders(): HeadersInit | Promise<HeadersInit> {
	const { headers = {} } = current;
	return typeof headers === 'function' ? headers() : headers;
}

/** A test that stands in for a page has one, though no location. */
function hasWindow(): boolean {
	return typeof window !== 'undefined';
}
