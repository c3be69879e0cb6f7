// Copied by fluidkit. Changes to this file are overwritten.
// How long a connection may be silent, by the server's pings.

/** A chunk that came sooner than this may have lain in a buffer: it says nothing of the server. */
const LIVE = 10;
const SHORTEST_LIMIT = 1_000;

/**
 * Of one connection: to be called for each chunk that has a ping in it, with the milliseconds that
 * it was waited for. Returns how long the next one may be waited for, three times the interval of
 * the pings; undefined before two of them were waited for, since there is no interval yet.
 */
export function pingWatch(): (waited: number) => number | undefined {
	let lastPing = NaN;
	let limit: number | undefined;
	return (waited) => {
		const ping = waited < LIVE ? NaN : performance.now();
		const interval = ping - lastPing;
		lastPing = ping;
		// The shortest: a server that pings only when it has nothing else to say makes longer ones.
		if (interval >= 0) limit = Math.min(limit ?? Infinity, Math.max(3 * interval, SHORTEST_LIMIT));
		return limit;
	};
}
