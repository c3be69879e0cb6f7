// Whether a stream is taken up again, and when.

import { ApiError, ConnectionError, ServerError } from './errors.ts';

/**
 * - `never`: whatever ends the stream ends it for good;
 * - `lost`: a connection that was lost after it had been open is taken up again, and so are
 *   answers 502, 503 and 504 to that; a clean end is final, and so is a failure of the server;
 * - `always`: as a browser's EventSource does, also after either and without a first answer.
 */
export type Reconnect = 'never' | 'lost' | 'always';

const FIRST_DELAY = 250;
const LONGEST_DELAY = 8_000;

export function isTakenUpAgain(error: unknown, mode: Reconnect, wasOpen: boolean): boolean {
	if (mode === 'never') return false;
	if (error instanceof ServerError) return mode === 'always';
	if (error instanceof ConnectionError) return wasOpen || mode === 'always';
	return wasOpen && error instanceof ApiError && [502, 503, 504].includes(error.status);
}

/**
 * The waits between connections: each is twice the one before, from the first again after a success.
 *
 * A success is a connection over which an item came, or that outlasted the wait before it: one that
 * opens, says nothing of use and breaks off is none.
 */
export class Backoff {
	#attempts = 0;
	#delay = 0;
	#succeedsAt = Infinity;

	opened(): void {
		this.#succeedsAt = performance.now() + this.#delay;
	}

	succeeded(): void {
		this.#succeedsAt = 0;
	}

	/** Milliseconds to wait now; the server wishes for `retry`. */
	next(retry: number | undefined): number {
		if (performance.now() > this.#succeedsAt) this.#attempts = 0;
		this.#succeedsAt = Infinity;
		return (this.#delay = reconnectDelay(this.#attempts++, retry));
	}
}

/** Doubled from one attempt to the next, and spread by a quarter, so that not all clients come at once. */
export function reconnectDelay(attempt: number, retry?: number): number {
	const first = retry === undefined ? FIRST_DELAY : Math.min(Math.max(retry, 100), 60_000);
	const delay = Math.min(first * 2 ** attempt, Math.max(first, LONGEST_DELAY));
	return delay * (1 + Math.random() / 4);
}

/** Waits, longer while the browser is offline; it coming online, or the signal, ends the wait. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const finish = () => {
			clearTimeout(timer);
			globalThis.removeEventListener?.('online', finish);
			signal.removeEventListener('abort', finish);
			resolve();
		};
		const timer = setTimeout(() => {
			if (globalThis.navigator?.onLine !== false) finish();
		}, milliseconds);
		globalThis.addEventListener?.('online', finish);
		signal.addEventListener('abort', finish);
		if (signal.aborted) finish();
	});
}

/** Calls `restored` when the page is back from the back/forward cache: a connection may be dead there. */
export function whenRestored(restored: () => void, signal: AbortSignal): void {
	const look = (event: PageTransitionEvent) => event.persisted && restored();
	globalThis.addEventListener?.('pageshow', look, { signal });
}
