// A stream as reactive state: it opens when a component reads it, and closes when none does.

import { feedOf, type LiveSource } from './live/feed.svelte.ts';
import type { RequestError } from './runtime/errors.ts';
import type { StreamState } from './runtime/stream.ts';

export type { LiveSource };

/** No stream (yet), as in `live(() => question && ask(question))`. */
export type Nothing = undefined | null | false | 0 | '';

export interface LiveOptions<Item> {
	/** An item, or a list of items, as `load` gave it: stands before the items of the stream. */
	readonly initial?: Initial<Item> | (() => Initial<Item>) | undefined;
	/** How many of the newest items are kept: all unless given. Give it to a stream without an end. */
	readonly maxItems?: number | undefined;
}

type Initial<Item> = Item | readonly Item[] | null | undefined;

/** Its properties are reactive where they are read: do not destructure it. */
export interface Live<Item> {
	/** The newest item. */
	readonly current: Item | undefined;
	/** All items in order, a new list whenever there are more. */
	readonly items: readonly Item[];
	/** 'idle' before the first read, and while there is no stream; 'closed' after an end or an error. */
	readonly status: StreamState;
	/** Why the stream is 'closed' or 'reconnecting'; undefined after a clean end. */
	readonly error: RequestError | undefined;
	/**
	 * Opens the stream anew, or now when it waits to reconnect; does nothing while it is open.
	 * Events that have ids go on after the last one, all else starts over.
	 */
	reconnect(): void;
	/** Ends the stream for all that share it. The items stay, and `reconnect()` opens it again. */
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
 * the reader gets. Changes show once a frame, and once a second in a tab that is hidden.
 *
 * It closes a second after its last reader went: a hot update, or a page that is left and opened
 * again, finds it open with its items. Equal GET streams share one connection, wherever they are
 * read, unless their options hold callbacks, a `signal` or a `fetch`: those are their reader's own.
 * So are other methods, which are sent once, and again only for other values or by `reconnect()`.
 *
 * On the server nothing runs: there are the `initial` items, as in the first render that
 * hydrates them. To have them follow a page's data, give a function: `initial: () => data.ticks`.
 */
export function live<Item>(
	source: () => LiveSource<Item> | Nothing,
	options: LiveOptions<Item> = {}
): Live<Item> {
	const own = $derived.by(() => {
		const found = typeof window !== 'undefined' && source();
		return found ? feedOf(found) : undefined;
	});
	const limit = options.maxItems ?? Infinity;
	const feed = () => own?.shared(limit);
	return {
		get current() {
			const items = feed()?.read().items ?? [];
			return (items.length ? items : initialItems(options)).at(-1);
		},
		get items() {
			const items = feed()?.read().items ?? [];
			const initial = initialItems(options);
			if (!initial.length && items.length <= limit) return items;
			return [...initial, ...items].slice(-limit);
		},
		get status() {
			return feed()?.read().status ?? 'idle';
		},
		get error() {
			return feed()?.read().error;
		},
		reconnect: () => feed()?.reconnect(),
		close: () => feed()?.close()
	};
}

function initialItems<Item>({ initial }: LiveOptions<Item>): readonly Item[] {
	const given = typeof initial === 'function' ? (initial as () => Initial<Item>)() : initial;
	if (given === undefined || given === null) return [];
	return Array.isArray(given) ? given : [given as Item];
}
