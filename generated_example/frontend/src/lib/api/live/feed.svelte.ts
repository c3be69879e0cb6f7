// Copied by fluidkit. Changes to this file are overwritten.
// The one connection of all that read equal streams, and the items that came over it.

import { createSubscriber } from 'svelte/reactivity';
import type { RequestError } from '../runtime/errors.ts';
import { EventStream } from '../runtime/events.ts';
import { RecordStream } from '../runtime/records.ts';
import { Stream, type Loop, type StreamState } from '../runtime/stream.ts';
import { sharedKey } from './key.ts';

/** A stream of any kind, or one of its loops: `stream.events()`, `stream.lines()`. */
export type LiveSource<Item> = (Stream<unknown> & AsyncIterable<Item>) | Loop<Item>;

/** How long a feed that nobody reads is kept, in milliseconds. */
const GRACE = 1_000;
/** A hidden tab draws no frames: there, changes show after so many milliseconds. */
const LONGEST_FRAME = 1_000;

/** Those that are read, or were within the last second: what changes a client leaves this be. */
const feeds = new Map<string, Feed<unknown>>();

/** The feed of a stream, which itself is closed unopened: it says what to ask for. */
export function feedOf<Item>(source: LiveSource<Item>): Feed<Item> {
	const model = source instanceof Stream ? (source[Symbol.asyncIterator]() as Loop<Item>) : source;
	model.stream.close();
	return new Feed(model);
}

export class Feed<Item> {
	items = $state.raw<readonly Item[]>([]);
	status = $state.raw<StreamState>('idle');
	error = $state.raw<RequestError>();

	readonly #model: Loop<Item>;
	readonly #key: string | undefined;
	readonly #subscribe = createSubscriber(() => this.#start());
	/** As many items as the most demanding reader keeps. */
	#limit = 1;
	#isRead = false;
	#leaving: ReturnType<typeof setTimeout> | undefined;

	#stream: Stream<unknown> | undefined;
	/** What arrived, of which `items` is a copy. */
	#arrived: Item[] = [];
	#hasNewItems = false;
	#failure: RequestError | undefined;
	#isFrameAwaited = false;

	constructor(model: Loop<Item>) {
		this.#model = model;
		this.#key = sharedKey(model);
	}

	/** The feed to use: the one that has been opened for an equal stream, if there is one. */
	shared(limit: number): Feed<Item> {
		const feed = (this.#key && (feeds.get(this.#key) as Feed<Item> | undefined)) || this;
		feed.#limit = Math.max(feed.#limit, limit);
		return feed;
	}

	/** This feed, kept open for as long as the effect lives that reads it. */
	read(): this {
		this.#subscribe();
		return this;
	}

	/** Does nothing while it is open. */
	reconnect(): void {
		const stream = this.#stream;
		if (!stream || stream.state === 'connecting' || stream.state === 'open') return;
		stream.close();
		const lastEventId = stream instanceof EventStream ? stream.lastEventId : '';
		if (!lastEventId) this.#forget();
		if (this.#isRead) this.#open(lastEventId);
		else this.#stream = undefined;
	}

	close(): void {
		this.#stream?.close();
	}

	#start(): () => void {
		clearTimeout(this.#leaving);
		this.#isRead = true;
		if (this.#key && !feeds.has(this.#key)) feeds.set(this.#key, this as Feed<unknown>);
		// Not now: state must not change while it is read, and a first render equals the server's.
		queueMicrotask(() => this.#isRead && !this.#stream && this.#open());
		return () => (this.#leaving = setTimeout(() => this.#leave(), GRACE));
	}

	#leave(): void {
		this.#isRead = false;
		this.#stream?.close();
		if (this.#key && feeds.get(this.#key) === this) feeds.delete(this.#key);
		// Nothing else is asked for twice by itself: it keeps its items, for a reader that comes back.
		if (this.#model.stream.call.method !== 'GET') return;
		this.#stream = undefined;
		this.#forget();
		this.#show();
	}

	#forget(): void {
		this.#arrived = [];
		this.#hasNewItems = true;
	}

	#open(lastEventId = ''): void {
		const { stream: model, loop } = this.#model;
		const { onOpen, onError } = model.options;
		const stream = model.again({
			...(lastEventId && { lastEventId }),
			onOpen: () => {
				// Records have no ids: a new connection starts over.
				if (stream instanceof RecordStream) this.#arrived.length = 0;
				this.#fail(undefined);
				return onOpen?.();
			},
			onError: (error) => {
				this.#fail(error);
				return onError?.(error);
			}
		});
		this.#stream = stream;
		this.#failure = undefined;
		const loops = stream as unknown as Record<typeof loop, () => Loop<Item>>;
		void this.#take(loops[loop](), this.#arrived);
		this.#show();
	}

	/** Reads to the end; `arrived` is left to itself when the feed starts over. */
	async #take(loop: Loop<Item>, arrived: Item[]): Promise<void> {
		try {
			for await (const item of loop) {
				arrived.push(item);
				if (arrived.length >= 2 * this.#limit) arrived.splice(0, arrived.length - this.#limit);
				this.#hasNewItems = true;
				this.#change();
			}
		} catch {
			// `onError` has told; an aborted signal is no error.
		}
		this.#change();
	}

	#fail(error: RequestError | undefined): void {
		this.#failure = error;
		this.#change();
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
		if (this.#hasNewItems) this.items = this.#arrived.slice(-this.#limit);
		this.#hasNewItems = false;
		this.status = this.#stream?.state ?? 'idle';
		this.error = this.#failure;
	}
}
