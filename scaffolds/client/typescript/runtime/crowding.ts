// Tells you, while you develop, when streams hold all connections that a browser has to one origin.

import { isServer } from './surroundings.ts';

/** To one origin over HTTP/1.1, in every browser, in all its tabs together. */
const CONNECTIONS = 6;

/** The names of the open streams, by their origins. */
const streams = new Map<string, Map<AbortSignal, string>>();
let hasWarned = false;

/** Counts the stream until its signal aborts. The sixth over HTTP/1.1 is told of, once a page. */
export function countStream(name: string, address: string, signal: AbortSignal): void {
	if (isServer || signal.aborted) return;
	const { origin } = new URL(address, location.href);
	const open = streams.get(origin) ?? new Map<AbortSignal, string>();
	streams.set(origin, open.set(signal, name));
	signal.addEventListener('abort', () => open.delete(signal));
	if (hasWarned || open.size < CONNECTIONS || !isHttp1(origin)) return;
	hasWarned = true;
	console.warn(
		`${open.size} streams are open to ${origin} (${[...open.values()].join(', ')}). Over HTTP/1.1 a browser ` +
			`has ${CONNECTIONS} connections to one origin: whatever else is asked for waits until one closes. ` +
			'Let equal readers share one with live(), close() what nobody reads, or serve over HTTP/2.'
	);
}

/**
 * An open stream has no timing yet, but what was loaded before from the same origin has. Browsers
 * speak HTTP/2 and 3 over TLS only.
 */
function isHttp1(origin: string): boolean {
	if (origin.startsWith('http:')) return true;
	const timings = ['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type));
	return timings.some(
		(timing) =>
			timing.name.startsWith(`${origin}/`) &&
			(timing as PerformanceResourceTiming).nextHopProtocol === 'http/1.1'
	);
}
