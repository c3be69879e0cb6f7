// Copied by fluidkit. Changes to this file are overwritten.
// The life of a stream: it opens, is read, may be taken up again, and ends once.

import { hasCallbacks, notify } from './callbacks.ts';
import { countStream } from './crowding.ts';
import { ConnectionError, type ConnectionFailure, type RequestError } from './errors.ts';
import type { Bytes, Decoder, Kind, Loop, Source } from './kind.ts';
import type { StreamEnd, StreamState } from './life.ts';
import { isTakenUpAgain, pause, reconnectDelay } from './reconnect.ts';
import { nameOf, send } from './request.ts';
import type { Meta } from './surroundings.ts';

/** Gives what the kinds of streams share: the stream, and the loops over it. */
export function openStream<Item>(kind: Kind<Item>) {
	const { call, options, reconnect, headers, deliver } = kind;
	const name = nameOf(call);
	const isHeard = hasCallbacks(options);
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
	/** Makes of an item what the loop gets, once there is one. */
	let read: ((item: Item) => unknown) | undefined;
	/** Calls to `next()` that wait for an item. */
	const waiting: ((result: IteratorResult<any> | Promise<never>) => void)[] = [];
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
		const isWanted = read ? waiting.length : isHeard;
		if (isBusy || state === 'closed' || !isWanted) return;
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
			const isDone = decoder.read(value, readSince);
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

	/** Gives away what is there: to the loop, or else to the callbacks alone. */
	function handOut(): void {
		if (!read) {
			while (taken < items.length) deliver(items[taken++] as Item);
			if (end) finish(end);
			return;
		}
		while (waiting.length) {
			const result = take(read);
			if (!result) return;
			// An end that this met has answered everybody.
			waiting.shift()?.(result);
		}
	}

	/** What the loop gets now; undefined when it has to wait. */
	function take<Out>(
		read: (item: Item) => Out
	): IteratorResult<Out, undefined> | Promise<never> | undefined {
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
	}

	/**
	 * The loop that the method `loop` gives; `out` makes of an item what it gets. Made by hand, since
	 * an async generator costs several times as much an item.
	 */
	function iterate<Out>(
		out: (item: Item) => Out,
		loop: Loop['loop'] = Symbol.asyncIterator
	): Loop<Out> {
		if (read) throw new TypeError('A stream is read once');
		read = out;
		const iterator: Loop<Out> = {
			stream,
			loop,
			next() {
				const result = take(out);
				if (result) return Promise.resolve(result);
				return new Promise((resolve) => {
					waiting.push(resolve);
					advance();
				});
			},
			async return() {
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
	// Not now: the caller has no stream yet that it could close.
	if (isHeard) queueMicrotask(kind.start ?? advance);
	return { stream, iterate };
}
