// The one connection of all that read equal streams, and the items that came over it.

import { createSubscriber } from 'svelte/reactivity';
import { configurationNumber } from '../runtime/config.ts';
import type { RequestError } from '../runtime/errors.ts';
import type { EventOptions, EventStream } from '../runtime/events.ts';
import type { Loop, Stream } from '../runtime/kind.ts';
import type { StreamOptions, StreamState } from '../runtime/life.ts';
import { isShareable, keyOf } from './key.ts';

/** A stream of any kind, or one of its loops: `stream.events()`, `stream.lines()`. */
export type LiveSource<Item> = (Stream & AsyncIterable<Item>) | Loop<Item>;

/** How long a feed is kept that nobody reads, but may find again, in milliseconds. */
const GRACE = 1_000;
/** A hidden tab draws no frames: there, changes show after so many milliseconds. */
const LONGEST_FRAME = 1_000;

/** One for each key, as long as anybody has it: what changes a client leaves this be. */
export const feeds = new Map<string, WeakRef<Feed<unknown>>>();
const collected = new FinalizationRegistry<string>((key) => {
	if (!feeds.get(key)?.deref()) feeds.delete(key);
});

/**
 * The feed of a stream, which itself is closed unopened: it says what to ask for. `before` is the
 * reader's former feed, kept while the same is asked for.
 */
export function feedOf<Item>(
	source: LiveSource<Item>,
	limit: number,
	before?: Feed<Item>
): Feed<Item> {
	const model = loopOf(source);
	model.stream.close();
	const key = keyOf(model, limit);
	if (key === undefined) return new Feed(model, limit);
	if (before?.key === key && before.signal === model.stream.source.options.signal) return before;
	if (!isShareable(model.stream)) return new Feed(model, limit, key);
	const found = feeds.get(key)?.deref() as Feed<Item> | undefined;
	return found ?? shared(new Feed(model, limit, key), key);
}

function loopOf<Item>(source: LiveSource<Item>): Loop<Item> {
	const { stream } = Object(source) as Partial<Loop>;
	if (stream) return source as Loop<Item>;
	if ((Object(source) as Partial<Stream>).source)
		return source[Symbol.asyncIterator]() as Loop<Item>;
	throw new TypeError(
		'live() takes a function that returns a stream of the generated client, or a loop of it: live(() => chat(message)), live(() => chat(message).events())'
	);
}

function shared<Item>(feed: Feed<Item>, key: string): Feed<Item> {
	feeds.set(key, new WeakRef(feed as Feed<unknown>));
	collected.register(feed, key);
	return feed;
}

/** What readers see until the next frame. */
interface Shown<Item> {
	readonly newest: Item | undefined;
	readonly isEmpty: boolean;
	items?: readonly Item[];
}

export class Feed<Item> {
	status = $state.raw<StreamState>('idle');
	error = $state.raw<RequestError>();

	readonly key: string | undefined;
	readonly #model: Loop<Item>;
	readonly #limit: number;
	readonly #subscribe = createSubscriber(() => this.#start());
	#isRead = false;
	#leaving: ReturnType<typeof setTimeout> | undefined;

	#stream: Stream | undefined;
	/** Of when it was opened. */
	#configuration = 0;
	/** What arrived, of which `items` is a copy. */
	#arrived: Item[] = [];
	// No `$derived`: it would end with the component that happens to be the feed's first.
	#shown = $state.raw<Shown<Item>>({ newest: undefined, isEmpty: true });
	#hasNewItems = false;
	#failure: RequestError | undefined;
	/** The server finished it. */
	#isComplete = false;
	/** It is not asked for again, though its reader left before the end. */
	#isCutShort = false;
	#isFrameAwaited = false;

	constructor(model: Loop<Item>, limit: number, key?: string) {
		this.#model = model;
		this.#limit = limit;
		this.key = key;
	}

	/** Copied when it is read, not with each frame: of a long list that takes longer than a frame. */
	get items(): readonly Item[] {
		return (this.#shown.items ??= [...this.#arrived]);
	}

	get newest(): Item | undefined {
		return this.#shown.newest;
	}

	get isEmpty(): boolean {
		return this.#shown.isEmpty;
	}

	get signal(): AbortSignal | undefined {
		return this.#model.stream.source.options.signal;
	}

	/** Keeps this open for as long as the effect lives that calls it. */
	read(): void {
		this.#subscribe();
	}

	/** Does nothing while it is open. */
	reconnect(): void {
		const stream = this.#stream;
		if (!stream || stream.state === 'connecting' || stream.state === 'open') return;
		stream.close();
		const { lastEventId = '' } = stream as Partial<EventStream>;
		if (!lastEventId) this.#forget();
		if (this.#isRead) this.#open(lastEventId);
		else this.#stream = undefined;
	}

	close(): void {
		// One that is about to open is not opened: the model is closed already.
		if (this.#isRead) this.#stream ??= this.#model.stream;
		this.#stream?.close();
		this.#change();
	}

	#start(): () => void {
		clearTimeout(this.#leaving);
		this.#isRead = true;
		if (this.#isRepeatable && !this.#isWorthKeeping()) this.#reset();
		// Not now: a first render equals the server's.
		queueMicrotask(() => this.#isRead && !this.#stream && this.#open());
		const grace = isShareable(this.#model.stream) ? GRACE : 0;
		return () => (this.#leaving = setTimeout(() => this.#leave(), grace));
	}

	get #isRepeatable(): boolean {
		return this.#model.stream.source.call.method === 'GET';
	}

	/** What failed, was closed, or may be another user's is nothing to come back to. */
	#isWorthKeeping(): boolean {
		const isStopped = this.#stream?.state === 'closed' && !this.#isComplete;
		return !isStopped && this.#configuration === configurationNumber();
	}

	#leave(): void {
		this.#isRead = false;
		if (this.#isRepeatable) return this.#reset();
		// Nothing else is asked for twice by itself: it keeps its items, for a reader that comes back.
		this.#isCutShort ||= this.#stream !== undefined && this.#stream.state !== 'closed';
		this.#stream?.close();
		this.#show();
	}

	/** As if it had never been opened. */
	#reset(): void {
		this.#stream?.close();
		this.#stream = undefined;
		this.#failure = undefined;
		this.#forget();
		this.#show();
	}

	#forget(): void {
		this.#arrived = [];
		this.#hasNewItems = true;
	}

	#open(lastEventId = ''): void {
		const { stream: model, loop } = this.#model;
		const { open, call, options } = model.source;
		const { onOpen, onError, onComplete } = options;
		const own: StreamOptions & Pick<EventOptions, 'lastEventId'> = {
			...options,
			...(lastEventId && { lastEventId }),
			onOpen: () => {
				this.#recovered(stream);
				return onOpen?.();
			},
			onError: (error) => {
				this.#failure = error;
				this.#change();
				return onError?.(error);
			},
			onComplete: () => {
				this.#isComplete = true;
				this.#recovered(stream);
				return onComplete?.();
			}
		};
		const stream = open(call.method, call.template, call.parts, own);
		this.#stream = stream;
		this.#configuration = configurationNumber();
		this.#failure = undefined;
		this.#isComplete = this.#isCutShort = false;
		const loops = stream as unknown as Record<typeof loop, () => Loop<Item>>;
		void this.#take(loops[loop](), this.#arrived);
		this.#show();
	}

	/** The connection is there, for the first time or again, or it has come to a good end. */
	#recovered(stream: Stream): void {
		if (this.#failure && !('lastEventId' in stream)) {
			// Records have no ids: a new connection starts over.
			this.#arrived.length = 0;
			this.#hasNewItems = true;
		}
		this.#failure = undefined;
		this.#change();
	}

	/** Reads to the end; `arrived` is left to itself when the feed starts over. */
	async #take(loop: Loop<Item>, arrived: Item[]): Promise<void> {
		try {
			for await (const item of loop) {
				// More than are kept, since each time the others move up; a hidden tab has few frames.
				if (arrived.push(item) >= 2 * this.#limit) this.#trim(arrived);
				this.#hasNewItems = true;
				this.#change();
			}
		} catch {
			// `onError` has told; an aborted signal is no error.
		}
		this.#change();
	}

	#trim(arrived: Item[]): void {
		const surplus = arrived.length - this.#limit;
		if (surplus > 0) arrived.splice(0, surplus);
	}

	/** Shows what changed, once a frame. */
	#change(): void {
		if (this.#isFrameAwaited) return;
		this.#isFrameAwaited = true;
		const show = () => {
			cancelAnimationFrame(frame);
			clearTimeout(timer);
			this.#isFrameAwaited = false;
			this.#show();
		};
		const frame = requestAnimationFrame(show);
		const timer = setTimeout(show, LONGEST_FRAME);
	}

	#show(): void {
		if (this.#hasNewItems) {
			this.#trim(this.#arrived);
			this.#shown = { newest: this.#arrived.at(-1), isEmpty: !this.#arrived.length };
		}
		this.#hasNewItems = false;
		this.status = this.#isCutShort ? 'idle' : (this.#stream?.state ?? 'idle');
		this.error = this.#failure;
	}
}
