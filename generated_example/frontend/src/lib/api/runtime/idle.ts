// Copied by fluidkit. Changes to this file are overwritten.
// Notices a connection that died without a word, by the server's pings that no longer come.

import type { Connection } from './connection.ts';

/** A chunk that came sooner than this may have lain in a buffer: it says nothing of the server. */
const LIVE = 10;
const SHORTEST_LIMIT = 1_000;

/**
 * Calls `lost` when the connection is silent for three times the interval of its pings; what it
 * returns is to be called for each chunk that has a ping in it.
 *
 * Before two pings were waited for there is no interval, and nothing happens; nor while nobody
 * reads, since the silence is the reader's then.
 */
export function watchPings(connection: Connection, lost: () => void): () => void {
	let lastPing = NaN;
	let limit = Infinity;
	let timer: ReturnType<typeof setTimeout> | undefined;
	const look = () => {
		const silence = connection.isReading ? performance.now() - connection.readSince : 0;
		if (silence >= limit) lost();
		else timer = setTimeout(look, limit - silence);
	};
	connection.signal.addEventListener('abort', () => clearTimeout(timer));
	return () => {
		const now = performance.now();
		const isLive = now - connection.readSince >= LIVE;
		const interval = now - lastPing;
		lastPing = isLive ? now : NaN;
		if (!isLive || Number.isNaN(interval)) return;
		// The shortest: a server that pings only when it has nothing else to say makes longer ones.
		limit = Math.min(limit, Math.max(3 * interval, SHORTEST_LIMIT));
		clearTimeout(timer);
		timer = setTimeout(look, limit);
	};
}
