// Notices a connection that died without a word, by the server's pings that no longer come.

import type { Connection } from './connection.ts';
import type { RequestError } from './errors.ts';

/** A chunk that came sooner than this may have lain in a buffer: it says nothing of the server. */
const LIVE = 10;
const SHORTEST_LIMIT = 1_000;

/**
 * Closes the connection when it is silent for three times the interval of its pings.
 *
 * Before two pings were waited for there is no interval, and nothing happens; nor while nobody
 * reads, since the silence is the reader's then.
 */
export class IdleWatch {
	readonly #connection: Connection;
	readonly #error: () => RequestError;
	#lastPing = NaN;
	#limit = Infinity;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(connection: Connection, error: () => RequestError) {
		this.#connection = connection;
		this.#error = error;
		connection.signal.addEventListener('abort', () => clearTimeout(this.#timer));
	}

	/** The chunk that was just read had a ping in it. */
	ping(): void {
		const now = performance.now();
		const isLive = now - this.#connection.readSince >= LIVE;
		const interval = now - this.#lastPing;
		this.#lastPing = isLive ? now : NaN;
		if (!isLive || Number.isNaN(interval)) return;
		// The shortest: a server that pings only when it has nothing else to say makes longer ones.
		this.#limit = Math.min(this.#limit, Math.max(3 * interval, SHORTEST_LIMIT));
		clearTimeout(this.#timer);
		this.#wait(this.#limit);
	}

	#wait(milliseconds: number): void {
		this.#timer = setTimeout(() => this.#look(), milliseconds);
	}

	#look(): void {
		const { isReading, readSince } = this.#connection;
		const silence = isReading ? performance.now() - readSince : 0;
		if (silence >= this.#limit) this.#connection.close(this.#error());
		else this.#wait(this.#limit - silence);
	}
}
