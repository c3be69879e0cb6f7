// A stream as reactive state: it opens when a component reads it, and closes when none does.

import { feedOf, type Feed, type LiveSource } from './live/feed.svelte.ts';
import type { RequestError } from './runtime/errors.ts';
import type { StreamState } from './runtime/life.ts';

export type { LiveSource };

/** No stream (yet), as in `live(() => question && ask(question))`. */
export type Nothing = undefined | null | false | 0 | '';

export interface LiveOptions<Item> {
	/**
	 * An item, or a list of items, as `load` gave it: stands before the items of the stream, and of
	 * every other that the function turns to. Give a function when it is to follow.
	 */
	readonly initial?: Initial<Item> | (() => Initial<Item>) | undefined;
	/**
	 * How many of the newest items are kept, at least one: all unless given. Give it to a stream
	 * without an end.
	 */
	readonly max?: number | undefined;
}

type Initial<Item> = Item | readonly Item[] | null | undefined;

/** Its properties are reactive where they are read: do not destructure it. */
export interface Live<Item> {
	/** The newest item. */
	readonly current: Item | undefined;
	/** All items in order, a new list whenever there are more. */
	readonly items: readonly Item[];
	/**
	 * 'idle' before the first read, while there is no stream, and when what is not GET was left
	 * before its end; 'closed' after an end, an error or `close()`.
	 */
	readonly status: StreamState;
	/** Why the stream is 'closed' or 'reconnecting'; undefined after a clean end. */
	readonly error: RequestError | undefined;
	/**
	 * Opens the stream anew, or now when it waits to reconnect; does nothing while it is open.
	 * Events that have ids go on after the last one, all else starts over.
	 */
	reconnect(): void;
	/**
	 * Ends the stream for all that share it. The items stay; `reconnect()` opens it again, and so does
	 * the first GET reader after all have left.
	 */
	close(): void;
}

/**
 * Makes a stream reactive.
 *
 * ```svelte
 * <script lang="ts">
 * 	import { stream_clock } from '#lib/api/clock.api.ts';
 * 	import { live } from '#lib/api/live.svelte.ts';
 *
 * 	let { limit } = $props();
 * 	const clock = live(() => stream_clock({ limit }));
 * </script>
 *
 * <p>{clock.current?.time ?? clock.status}</p>
 * ```
 *
 * An item is what a loop over the stream gives: the value of an event, a record, a piece of text.
 * Return a loop to have others: `live(() => chat(message).events())` has typed events,
 * `live(() => stream_logs().lines())` has lines.
 *
 * The stream opens when a component or an effect first reads a property, and follows the reactive
 * values that the function uses. While the function returns none, nothing is open; what it throws,
 * the reader gets. Changes show once a frame, and once a second in a tab that is hidden. A `$derived`
 * outside of every component must not read it in an event handler: nothing would ever close it.
 *
 * Equal GET streams with the same `max` share one connection, wherever they are read. It closes
 * a second after its last reader went: a hot update, or a page that is left and opened again, finds
 * it open, or at its good end, with its items. Streams whose options hold callbacks, a `signal` or a
 * `fetch` are their reader's own, and close at once. So are other methods, which are sent once, and
 * again only for other values, another signal or by `reconnect()`.
 *
 * Nothing is shared across a `configure()`. Call it whenever another user signs in, also if its
 * `headers` are a function: who comes then opens anew, and what is being read stays as it is.
 *
 * On the server nothing runs: there are the `initial` items, as in the first render that
 * hydrates them. To have them follow a page's data, give a function: `initial: () => data.ticks`.
 */
export function live<Item>(
	source: () => LiveSource<Item> | Nothing,
	options: LiveOptions<Item> = {}
): Live<Item> {
	const { max = Infinity } = options;
	const limit = max >= 1 ? Math.floor(max) : 1;
	let before: Feed<Item> | undefined;
	const feed = $derived.by(() => {
		const found = typeof window !== 'undefined' && source();
		return (before = found ? feedOf(found, limit, before) : undefined);
	});
	const initial = $derived(initialItems(options));
	// Without `read()`, which only what a page shows may call: a handler that reads opens nothing.
	const items = $derived.by(() => {
		const arrived = feed?.items ?? [];
		return initial.length ? [...initial, ...arrived].slice(-limit) : arrived;
	});
	return {
		get current() {
			feed?.read();
			return feed?.isEmpty === false ? feed.newest : initial.at(-1);
		},
		get items() {
			feed?.read();
			return items;
		},
		get status() {
			feed?.read();
			return feed?.status ?? 'idle';
		},
		get error() {
			feed?.read();
			return feed?.error;
		},
		reconnect: () => feed?.reconnect(),
		close: () => feed?.close()
	};
}

function initialItems<Item>({ initial }: LiveOptions<Item>): readonly Item[] {
	const given = typeof initial === 'function' ? (initial as () => Initial<Item>)() : initial;
	if (given === undefined || given === null) return [];
	return Array.isArray(given) ? given : [given as Item];
}
