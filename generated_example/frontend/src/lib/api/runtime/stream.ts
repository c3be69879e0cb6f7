// Copied by fluidkit. Changes to this file are overwritten.
// The life of a stream: it opens, is read, may be taken up again, and ends once.

import { hasCallbacks, notify } from './callbacks.ts';
import { Connection, type Bytes } from './connection.ts';
import { ConnectionError, type RequestError } from './errors.ts';
import { Inbox } from './inbox.ts';
import { isTakenUpAgain, pause, reconnectDelay, type Reconnect } from './reconnect.ts';
import { nameOf, type Call, type RequestOptions } from './request.ts';

export type StreamState = 'idle' | 'connecting' | 'open' | 'reconnecting' | 'closed';

/**
 * How a stream ended: the server finished it, the page closed it (`close()` or leaving the loop),
 * its signal aborted (`error` is the signal's reason), or it failed.
 */
export type StreamEnd =
	| { readonly reason: 'complete' }
	| { readonly reason: 'closed' }
	| { readonly reason: 'aborted'; readonly error: unknown }
	| { readonly reason: 'error'; readonly error: RequestError };

export interface StreamOptions extends RequestOptions {
	/** The connection is open; called again after each reconnect. */
	readonly onOpen?: (() => void) | undefined;
	/** The connection failed: for good when `state` is 'closed', for now when 'reconnecting'. */
	readonly onError?: ((error: RequestError) => void) | undefined;
	/** The server finished the stream. Not called after `close()`. */
	readonly onComplete?: (() => void) | undefined;
}

/** What a loop runs over; `stream[loop]()` has made it. */
export interface Loop<Item = unknown> extends AsyncIterableIterator<Item, undefined> {
	readonly stream: Stream<unknown>;
	readonly loop: typeof Symbol.asyncIterator | 'events' | 'lines';
}

/** Turns the bytes of one connection into items. */
export interface Decoder {
	/** The line that is being read, where lines are counted. */
	readonly line?: number;
	/** Something in the body said that nothing more is worth reading. */
	readonly isDone?: boolean;
	write(chunk: Bytes): void;
	/** The body ended cleanly. */
	end(): void;
}

/**
 * Without callbacks a stream starts when it is first iterated, and reads only as fast as the loop
 * does. With any callback it starts at once and reads as fast as the server sends, unless a loop
 * takes the items: then the callbacks see each item when the loop takes it.
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
	readonly #abort = () =>
		this.#finish({ reason: 'aborted', error: this.options.signal?.reason as unknown });
	#resolveClosed!: (end: StreamEnd) => void;

	#state: StreamState = 'idle';
	#connection: Connection;
	#decoder: Decoder | undefined;
	#wasOpen = false;
	#attempts = 0;
	#isRunning = false;

	readonly #inbox: Inbox<Item>;
	/** Decided, and reported when the items before it are taken. */
	#end: StreamEnd | undefined;

	constructor(call: Call, options: StreamOptions, reconnect: Reconnect) {
		this.call = call;
		this.options = options;
		this.#reconnect = reconnect;
		this.#connection = new Connection(call);
		this.#inbox = new Inbox<Item>({
			deliver: (item) => this.deliver(item),
			emptied: () => this.#end && this.#finish(this.#end),
			awaited: () => void this.#run(),
			fail: (error) => this.#finish({ reason: 'error', error: error as RequestError }),
			close: () => this.close()
		});
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

	/** The loop that the method `name` gives; `read` makes of an item what the loop gets. */
	protected iterate<Out>(read: (item: Item) => Out, name?: Loop['loop']): Loop<Out> {
		return { ...this.#inbox.iterate(read), stream: this, loop: name ?? Symbol.asyncIterator };
	}

	#isWanted(): boolean {
		if (this.#state === 'closed') return false;
		return this.#inbox.isIterated ? this.#inbox.isAwaited : this.#hasCallbacks;
	}

	async #run(): Promise<void> {
		if (this.#isRunning) return;
		this.#isRunning = true;
		while (this.#isWanted()) {
			try {
				if (!this.#end) await this.#advance();
			} catch (error) {
				await this.#recover(error as RequestError);
			}
			this.#inbox.handOut();
		}
		this.#isRunning = false;
	}

	/** One step: a connection opened, or a chunk read. */
	#advance(): Promise<void> {
		this.#inbox.clear();
		const decoder = this.#decoder;
		if (!decoder) return this.#open();
		return this.#connection.read((chunk) => this.#write(decoder, chunk), decoder.line);
	}

	#write(decoder: Decoder, chunk: Bytes | undefined): void {
		if (!chunk) return this.#complete(decoder);
		decoder.write(chunk);
		this.#attempts = 0;
		if (decoder.isDone) this.#hangUp();
	}

	async #open(): Promise<void> {
		if (this.#state === 'idle') this.#state = 'connecting';
		const response = await this.#connection.open(this.options, this.headers());
		if (this.#connection.signal.aborted) return;
		if (response.status === 204) {
			this.#end = { reason: 'complete' };
			return;
		}
		const add = (item: Item) => this.#inbox.add(item);
		this.#decoder = this.decode(response, add, this.#connection);
		this.#state = 'open';
		this.#wasOpen = true;
		notify(this.options.onOpen);
	}

	#complete(decoder: Decoder): void {
		decoder.end();
		if (this.#reconnect === 'always') throw new ConnectionError('ended', nameOf(this.call));
		this.#end = { reason: 'complete' };
	}

	/** The server is done, though its connection may stay open. */
	#hangUp(): void {
		this.#connection.close();
		this.#end = { reason: 'complete' };
	}

	async #recover(error: RequestError): Promise<void> {
		if (this.#state === 'closed') return;
		this.#connection.close();
		this.#decoder = undefined;
		if (!isTakenUpAgain(error, this.#reconnect, this.#wasOpen)) {
			this.#end = { reason: 'error', error };
			return;
		}
		const { signal } = (this.#connection = new Connection(this.call));
		this.#state = 'reconnecting';
		notify(this.options.onError, error);
		await pause(reconnectDelay(this.#attempts++, this.retry()), signal);
	}

	#finish(end: StreamEnd): void {
		if (this.#state === 'closed') return;
		this.#state = 'closed';
		this.#connection.close();
		this.options.signal?.removeEventListener('abort', this.#abort);
		this.#inbox.end('error' in end ? end : undefined);
		if (end.reason === 'complete') notify(this.options.onComplete);
		if (end.reason === 'error') notify(this.options.onError, end.error);
		this.#resolveClosed(end);
	}
}
