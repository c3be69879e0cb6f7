// The life of a stream: it opens, is read, may be taken up again, and ends once.

import { hasCallbacks, notify } from './callbacks.ts';
import { countStream } from './crowding.ts';
import { ConnectionError, type ConnectionFailure, type RequestError } from './errors.ts';
import type { StreamEnd, StreamOptions, StreamState } from './life.ts';
import { isTakenUpAgain, pause, reconnectDelay, type Reconnect } from './reconnect.ts';
import { nameOf, send, type Call, type Parts } from './request.ts';
import type { Meta } from './surroundings.ts';

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
	/** At a clean end there is no chunk. Returns true when nothing more is worth reading. */
	read(chunk: Bytes | undefined, waited: number): boolean | void;
	/** The line that is being read, where lines are counted. */
	readonly line?: number;
	/** How many milliseconds the next chunk may take, where that is known. */
	patience?: number | undefined;
}

/** Gives what the kinds of streams share: the stream, and the loops over it. */
export function openStream<Item>(kind: Kind<Item>) {
	const { call, options, reconnect, headers, deliver } = kind;
	const name = nameOf(call);
	let state: StreamState = 'idle';
	let wasOpen = false;
	/** Something is under way: a connection is opened, read, or waited for. */
	let isBusy = false;

	let connection = new AbortController();
	let reader: ReadableStreamDefaultReader<Bytes> | undefined;
	let decoder: Decoder;
	/** When the last read began, when the connection was opened, and how long was waited for it. */
	let readSince = 0;
	let openSince = NaN;
	let delay = 0;
	let attempts = 0;
	let silence: ReturnType<typeof setTimeout> | undefined;

	/** What the last chunk held, and how much of it is taken. */
	let items: Item[] = [];
	let taken = 0;
	let isIterated = false;
	/** Who waits for items, calls to `next()` or the callbacks: each returns whether it has enough. */
	let waiting: (() => unknown)[] = [];
	/** Decided, and reported when the items before it are taken. */
	let end: StreamEnd | undefined;
	/** What a loop is still to be told. */
	const untold: unknown[] = [];
	let resolveClosed: (end: StreamEnd) => void;

	const stream = {
		source: kind as Source,
		get state() {
			return state;
		},
		closed: new Promise<StreamEnd>((resolve) => (resolveClosed = resolve)),
		close: () => finish({ reason: 'closed' })
	};

	/** Opens or reads, while somebody wants more. */
	function advance(): void {
		if (isBusy || state === 'closed' || !waiting.length) return;
		isBusy = true;
		if (!reader) return void open().catch(recover);
		readSince = performance.now();
		if (decoder.patience) silence = setTimeout(lose, decoder.patience, 'idle');
		reader
			.read()
			.then(receive, (cause: unknown) =>
				recover(new ConnectionError('transport', name, cause, decoder.line))
			);
	}

	function proceed(): void {
		isBusy = false;
		advance();
	}

	async function open(): Promise<void> {
		if (state === 'idle') state = 'connecting';
		const { signal } = connection;
		const response = await send(call, options, { headers, signal, cache: 'no-store' });
		// getReader: Safari cannot iterate a body. That of a 205 is not there.
		reader = (response.body ?? new Blob().stream()).getReader();
		// A fetch that does not know signals answers after all.
		if (signal.aborted) return release();
		if ((import.meta as Meta).env?.DEV) countStream(name, response.url, signal);
		if (response.status === 204) return settle({ reason: 'complete' });
		decoder = kind.decode(response, (item) => items.push(item));
		state = 'open';
		wasOpen = true;
		openSince = performance.now();
		if (reconnect !== 'never') {
			// Back from the back/forward cache the connection may be dead.
			const look = (event: PageTransitionEvent) => event.persisted && lose('transport');
			globalThis.addEventListener?.('pageshow', look, { signal });
		}
		notify(options.onOpen);
		proceed();
	}

	function receive({ value }: ReadableStreamReadResult<Bytes>): void {
		clearTimeout(silence);
		items = [];
		taken = 0;
		try {
			connection.signal.throwIfAborted();
			const isDone = decoder.read(value, performance.now() - readSince);
			if (items.length) attempts = 0;
			if (isDone || (!value && reconnect !== 'always')) return settle({ reason: 'complete' });
			if (!value) throw new ConnectionError('ended', name);
		} catch (error) {
			return void recover(error as RequestError);
		}
		handOut();
		proceed();
	}

	/** Takes the stream up again after a while, or decides that it has ended. */
	async function recover(failure: RequestError): Promise<void> {
		const { signal } = connection;
		const error = signal.aborted ? signal.reason : failure;
		handOut();
		if (state === 'closed') return;
		release();
		if (!isTakenUpAgain(error, reconnect, wasOpen)) return settle({ reason: 'error', error });
		connection = new AbortController();
		reader = undefined;
		state = 'reconnecting';
		notify(options.onError, error);
		// It was a success if an item came over it, or if it outlasted the wait before it.
		if (performance.now() - openSince > delay) attempts = 0;
		openSince = NaN;
		delay = reconnectDelay(attempts++, kind.retry?.());
		await pause(delay, connection.signal);
		proceed();
	}

	function lose(how: ConnectionFailure): void {
		release(new ConnectionError(how, name));
	}

	/** Gives up the request at once: also where a fetch does not heed its signal. */
	function release(reason?: RequestError): void {
		clearTimeout(silence);
		connection.abort(reason);
		reader?.cancel().catch(() => {});
	}

	/** Nothing more will come: the server is done, though its connection may stay open. */
	function settle(how: StreamEnd): void {
		release();
		end = how;
		handOut();
	}

	function finish(how: StreamEnd): void {
		if (state === 'closed') return;
		state = 'closed';
		items = [];
		release();
		options.signal?.removeEventListener('abort', abort);
		if ('error' in how) untold.push(how.error);
		handOut();
		if (how.reason === 'complete') notify(options.onComplete);
		if (how.reason === 'error') notify(options.onError, how.error);
		resolveClosed(how);
	}

	/** Gives away what is there. */
	function handOut(): void {
		while (waiting[0]?.()) waiting.shift();
	}

	/** What callbacks do without a loop. */
	function drain(): void {
		while (taken < items.length) deliver(items[taken++] as Item);
		if (end) finish(end);
	}

	/**
	 * The loop that the method `loop` gives; `read` makes of an item what the loop gets. Made by hand,
	 * since an async generator costs several times as much an item.
	 */
	function iterate<Out>(
		read: (item: Item) => Out,
		loop: Loop['loop'] = Symbol.asyncIterator
	): Loop<Out> {
		if (isIterated) throw new TypeError('A stream can be read only once');
		isIterated = true;
		waiting = [];
		type Result = IteratorResult<Out, undefined>;
		/** What the loop gets now; undefined when it has to wait. */
		const take = (): Result | Promise<never> | undefined => {
			while (taken < items.length) {
				const item = items[taken++] as Item;
				if (!deliver(item) || state === 'closed') continue;
				try {
					return { done: false, value: read(item) };
				} catch (error) {
					finish({ reason: 'error', error: error as RequestError });
				}
			}
			if (end) finish(end);
			if (state !== 'closed') return undefined;
			return untold.length ? Promise.reject(untold.pop()) : { done: true, value: undefined };
		};
		const wait = () =>
			new Promise<Result>((resolve) => {
				waiting.push(() => {
					const result = take();
					if (result) resolve(result);
					return result;
				});
				advance();
			});
		const iterator: Loop<Out> = {
			stream,
			loop,
			next: () => {
				const result = take();
				return result ? Promise.resolve(result) : wait();
			},
			return: async () => {
				stream.close();
				return { done: true, value: undefined };
			},
			[Symbol.asyncIterator]: () => iterator
		};
		return iterator;
	}

	const abort = () => finish({ reason: 'aborted', error: options.signal?.reason });
	options.signal?.addEventListener('abort', abort);
	if (options.signal?.aborted) abort();
	if (hasCallbacks(options)) {
		waiting = [drain];
		// Not now: the caller has no stream yet that it could close.
		queueMicrotask(kind.start ?? advance);
	}
	return { stream, iterate };
}
