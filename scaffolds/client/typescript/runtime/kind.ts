// What one kind of stream asks for and makes of the answer, and what all kinds are to a page.

import type { StreamEnd, StreamOptions, StreamState } from './life.ts';
import type { Reconnect } from './reconnect.ts';
import type { Call, Parts } from './request.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Without callbacks a stream starts when it is first iterated, and reads only as fast as the loop
 * does: a loop that pauses fills the buffers on the way, and then stops the server. With any callback
 * it starts at once and reads as fast as the server sends: callbacks are called one after the other
 * and not awaited, so that nothing piles up here, and what they put aside is theirs to bound. If a
 * loop takes the items, its pace holds, and the callbacks see each item when the loop takes it.
 *
 * Leaving the loop closes the connection. `close()` ends a loop quietly; an aborted signal and a
 * failure make it throw. A stream is read once.
 */
export interface Stream {
	readonly source: Source;
	readonly state: StreamState;
	/** Resolves when the stream has ended, and tells how. Never rejects. */
	readonly closed: Promise<StreamEnd>;
	/** Ends the stream and its request at once: nothing more is delivered. */
	close(): void;
}

/** What a loop runs over; `stream[loop]()` has made it. */
export interface Loop<Item = unknown> extends AsyncIterableIterator<Item, undefined> {
	readonly stream: Stream;
	readonly loop: typeof Symbol.asyncIterator | 'events' | 'lines';
	return(): Promise<IteratorReturnResult<undefined>>;
}

/** What a stream asks for, and how. */
export interface Source {
	/** Makes a stream of the same kind. */
	readonly open: (method: string, template: string, parts: Parts, options: StreamOptions) => Stream;
	readonly call: Call;
	readonly options: StreamOptions;
	/** Headers of the next connection, beside those of the call: `accept` tells its kind. */
	headers(): Record<string, string>;
}

/** What one kind of stream asks for, and makes of the answer. */
export interface Kind<Item> extends Source {
	readonly reconnect: Reconnect;
	/** Checks the answer. What it returns reads its chunks: each item found goes to `add`. */
	decode(response: Response, add: (item: Item) => void): Decoder;
	/** Calls the callbacks for an item that is being taken; false keeps it from the loop. */
	deliver(item: Item): boolean;
	/** Milliseconds that the server wishes between two connections. */
	retry?(): number | undefined;
	/** There are callbacks, and no loop. */
	start?(): void;
}

/** Reads the chunks of one connection. */
export interface Decoder {
	/**
	 * Reads a chunk that was waited for `since` then (`performance.now()`); at a clean end there is
	 * none. Returns true when nothing more is worth reading.
	 */
	read(chunk: Bytes | undefined, since: number): boolean | void;
	/** The line that is being read, where lines are counted. */
	readonly line?: number;
	/** How many milliseconds the next chunk may take, where that is known. */
	patience?: number | undefined;
}
