// The life of a stream: it opens, is read, may be taken up again, and ends once.

import { hasCallbacks, notify } from './callbacks.ts';
import { Connection, type Bytes, type Decoder } from './connection.ts';
import { countStream } from './crowding.ts';
import { ConnectionError, type RequestError } from './errors.ts';
import type { StreamEnd, StreamOptions, StreamState } from './life.ts';
import { Backoff, isTakenUpAgain, pause, whenRestored, type Reconnect } from './reconnect.ts';
import { nameOf, type Call } from './request.ts';
import type { Meta } from './surroundings.ts';

/** What a loop runs over; `stream[loop]()` has made it. */
export interface Loop<Item = unknown> extends AsyncIterableIterator<Item, undefined> {
	readonly stream: Stream<unknown>;
	readonly loop: typeof Symbol.asyncIterator | 'events' | 'lines';
}

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
export abstract class Stream<Item> {
	/** Resolves when the stream has ended, and tells how. Never rejects. */
	readonly closed: Promise<StreamEnd>;

	/** What it asks for, and how. */
	readonly call: Call;
	readonly options: StreamOptions;

	readonly #reconnect: Reconnect;
	readonly #hasCallbacks: boolean;
	readonly #abort = () => this.#finish({ reason: 'aborted', error: this.options.signal?.reason });
	#resolveClosed!: (end: StreamEnd) => void;

	#state: StreamState = 'idle';
	#connection: Connection;
	#decoder: Decoder | undefined;
	#isRunning = false;
	#wasOpen = false;
	readonly #backoff = new Backoff();

	/** What the last chunk held, and how much of it is taken. */
	#items: Item[] = [];
	#taken = 0;
	#isIterated = false;
	/** Calls to `next()` that wait for an item: each returns whether it got its answer. */
	#waiting: (() => unknown)[] = [];
	/** Decided, and reported when the items before it are taken. */
	#end: StreamEnd | undefined;
	/** What a loop is still to be told. */
	#untold: { readonly error: unknown } | undefined;

	constructor(call: Call, options: StreamOptions, reconnect: Reconnect) {
		this.call = call;
		this.options = options;
		this.#reconnect = reconnect;
		this.#connection = new Connection(call);
		this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
		this.#hasCallbacks = hasCallbacks(options);
		options.signal?.addEventListener('abort', this.#abort);
		if (options.signal?.aborted) this.#abort();
		// Not now: the subclass is not built, and the caller has no stream yet that it could close.
		if (this.#hasCallbacks) queueMicrotask(() => this.#isWanted() && this.start());
	}

	get state(): StreamState {
		return this.#state;
	}

	/** Ends the stream and its request at once: nothing more is delivered. */
	close(): void {
		this.#finish({ reason: 'closed' });
	}

	/** A new stream that asks for the same, with `options` over its own. */
	again(options: StreamOptions): this {
		const Same = this.constructor as new (call: Call, options: StreamOptions) => this;
		return new Same(this.call, { ...this.options, ...options });
	}

	/** Headers of the next connection, beside those of the call: `accept` tells its kind. */
	abstract headers(): Record<string, string>;

	/** Checks the answer, and reads it: each item found goes to `add`. */
	protected abstract decode(
		response: Response,
		add: (item: Item) => void,
		connection: Connection
	): Decoder;

	/** Calls the callbacks for an item that is being taken; false keeps it from the loop. */
	protected abstract deliver(item: Item): boolean;

	/** Milliseconds that the server wishes between two connections. */
	protected retry(): number | undefined {
		return undefined;
	}

	/** There are callbacks, and no loop. */
	protected start(): void {
		void this.#run();
	}

	/**
	 * The loop that the method `loop` gives; `read` makes of an item what the loop gets. Made by hand,
	 * since an async generator costs several times as much an item.
	 */
	protected iterate<Out>(
		read: (item: Item) => Out,
		loop: Loop['loop'] = Symbol.asyncIterator
	): Loop<Out> {
		if (this.#isIterated) throw new TypeError('A stream can be read only once');
		this.#isIterated = true;
		const iterator: Loop<Out> = {
			stream: this,
			loop,
			next: () => this.#take(read) ?? this.#wait(read),
			return: async () => {
				this.close();
				return { done: true, value: undefined };
			},
			[Symbol.asyncIterator]: () => iterator
		};
		return iterator;
	}

	/** What a loop gets now; undefined when it has to wait. */
	#take<Out>(read: (item: Item) => Out): Promise<IteratorResult<Out, undefined>> | undefined {
		while (this.#taken < this.#items.length) {
			const item = this.#items[this.#taken++] as Item;
			if (!this.deliver(item) || this.#state === 'closed') continue;
			try {
				return Promise.resolve({ done: false, value: read(item) });
			} catch (error) {
				this.#finish({ reason: 'error', error: error as RequestError });
			}
		}
		if (this.#end) this.#finish(this.#end);
		if (this.#state !== 'closed') return undefined;
		const untold = this.#untold;
		this.#untold = undefined;
		if (untold) return Promise.reject(untold.error);
		return Promise.resolve({ done: true, value: undefined });
	}

	#wait<Out>(read: (item: Item) => Out): Promise<IteratorResult<Out, undefined>> {
		return new Promise((resolve) => {
			this.#waiting.push(() => {
				const result = this.#take(read);
				if (result) resolve(result);
				return result;
			});
			void this.#run();
		});
	}

	/** Gives away what is there. */
	#handOut(): void {
		if (this.#isIterated) {
			// Ending the stream meanwhile has answered everybody.
			while (this.#waiting[0]?.()) this.#waiting.shift();
			return;
		}
		while (this.#taken < this.#items.length) this.deliver(this.#items[this.#taken++] as Item);
		if (this.#end) this.#finish(this.#end);
	}

	#isWanted(): boolean {
		if (this.#state === 'closed') return false;
		return this.#isIterated ? this.#waiting.length > 0 : this.#hasCallbacks;
	}

	/** Opens, reads and waits, one after the other, while somebody wants more. */
	async #run(): Promise<void> {
		if (this.#isRunning) return;
		this.#isRunning = true;
		while (this.#isWanted()) {
			try {
				await this.#advance();
			} catch (error) {
				await this.#recover(error as RequestError);
			}
		}
		this.#isRunning = false;
	}

	/** One step: a connection opened, or a chunk read. */
	#advance(): Promise<void> {
		const decoder = this.#decoder;
		if (!decoder) return this.#open();
		return this.#connection.read((chunk) => this.#receive(decoder, chunk), decoder.line);
	}

	async #open(): Promise<void> {
		if (this.#state === 'idle') this.#state = 'connecting';
		const connection = this.#connection;
		const response = await connection.open(this.options, this.headers());
		if (connection.signal.aborted) return;
		if ((import.meta as Meta).env?.DEV)
			countStream(nameOf(this.call), response.url, connection.signal);
		if (response.status === 204) return this.#settle({ reason: 'complete' });
		this.#decoder = this.decode(response, (item) => this.#items.push(item), connection);
		this.#state = 'open';
		this.#wasOpen = true;
		this.#backoff.opened();
		const lost = () => connection.close(new ConnectionError('transport', nameOf(this.call)));
		if (this.#reconnect !== 'never') whenRestored(lost, connection.signal);
		notify(this.options.onOpen);
	}

	#receive(decoder: Decoder, chunk: Bytes | undefined): void {
		this.#items = [];
		this.#taken = 0;
		if (chunk) decoder.write(chunk);
		else decoder.end();
		if (this.#items.length) this.#backoff.succeeded();
		if (decoder.isDone || (!chunk && this.#reconnect !== 'always')) {
			return this.#settle({ reason: 'complete' });
		}
		if (!chunk) throw new ConnectionError('ended', nameOf(this.call));
		this.#handOut();
	}

	/** Takes the stream up again after a while, or decides that it has ended. */
	async #recover(error: RequestError): Promise<void> {
		this.#handOut();
		if (this.#state === 'closed') return;
		this.#connection.close();
		this.#decoder = undefined;
		if (!isTakenUpAgain(error, this.#reconnect, this.#wasOpen)) {
			return this.#settle({ reason: 'error', error });
		}
		const { signal } = (this.#connection = new Connection(this.call));
		this.#state = 'reconnecting';
		notify(this.options.onError, error);
		await pause(this.#backoff.next(this.retry()), signal);
	}

	/** Nothing more will come: the server is done, though its connection may stay open. */
	#settle(end: StreamEnd): void {
		this.#connection.close();
		this.#end = end;
		this.#handOut();
	}

	#finish(end: StreamEnd): void {
		if (this.#state === 'closed') return;
		this.#state = 'closed';
		this.#items = [];
		this.#connection.close();
		this.options.signal?.removeEventListener('abort', this.#abort);
		if ('error' in end) this.#untold = end;
		for (const answer of this.#waiting.splice(0)) answer();
		if (end.reason === 'complete') notify(this.options.onComplete);
		if (end.reason === 'error') notify(this.options.onError, end.error);
		this.#resolveClosed(end);
	}
}
