// Copied by fluidkit. Changes to this file are overwritten.
// Whether a stream is taken up again, and when.

import { ApiError, ConnectionError, type RequestError } from './errors.ts';

/**
 * - `never`: whatever ends the stream ends it for good;
 * - `lost`: a connection that was lost after it had been open is taken up again, and so are
 *   answers 502, 503 and 504 to that; a clean end is final, and so is a failure of the server;
 * - `always`: as a browser's EventSource does, also after either and without a first answer.
 */
export type Reconnect = 'never' | 'lost' | 'always';

const FIRST_DELAY = 250;
const LONGEST_DELAY = 8_000;

export function isTakenUpAgain(error: RequestError, mode: Reconnect, wasOpen: boolean): boolean {
	if (mode === 'never') return false;
	if (error.kind === 'server') return mode === 'always';
	if (error instanceof ConnectionError) return wasOpen || mode === 'always';
	return wasOpen && error instanceof ApiError && [502, 503, 504].includes(error.status);
}

/** Doubled from one attempt to the next, and spread by a quarter, so that not all clients come at once. */
export function reconnectDelay(attempt: number, retry?: number): number {
	const first = retry === undefined ? FIRST_DELAY : Math.min(Math.max(retry, 100), 60_000);
	const delay = Math.min(first * 2 ** attempt, Math.max(first, LONGEST_DELAY));
	return delay * (1 + Math.random() / 4);
}

/**
 * Waits, longer while the browser is offline; it coming online, or the signal, ends the wait. The
 * signal is that of the connection to come, which aborts one day: nothing listens for ever.
 */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const finish = () => {
			clearTimeout(timer);
			resolve();
		};
		const timer = setTimeout(() => {
			if (navigator.onLine !== false) finish();
		}, milliseconds);
		globalThis.addEventListener?.('online', finish, { signal });
		signal.addEventListener('abort', finish);
		if (signal.aborted) finish();
	});
}
