// Copied by fluidkit. Changes to this file are overwritten.
// Redirects are followed within the origin that was asked: nothing is carried to another one.

import { isServer } from './surroundings.ts';

const REDIRECTS = [301, 302, 303, 307, 308];
const MOST = 20;

/**
 * Sends a request, and rejects where its answer leads to another origin, before anything is sent there.
 *
 * In a browser only redirects of the page's own origin are followed: what another one's lead to
 * cannot be known beforehand.
 */
export function fetchWithin(
	fetch: typeof globalThis.fetch,
	address: string,
	init: RequestInit
): Promise<Response> {
	if (isServer) return follow(fetch, address, init);
	const isOwn = new URL(address, location.href).origin === location.origin;
	return fetch(address, { ...init, ...(isOwn ? { mode: 'same-origin' } : { redirect: 'error' }) });
}

async function follow(
	fetch: typeof globalThis.fetch,
	address: string,
	init: RequestInit
): Promise<Response> {
	for (let left = MOST; left > 0; left--) {
		const response = await fetch(address, { ...init, redirect: 'manual' });
		const location = response.headers.get('location');
		if (location === null || !REDIRECTS.includes(response.status)) return response;
		await response.body?.cancel();
		// A fetch of SvelteKit's has relative addresses, too.
		const asked = new URL(response.url || address, 'http://own.invalid');
		const target = new URL(location, asked);
		if (target.origin !== asked.origin) throw new TypeError('redirected to another origin');
		address = response.url ? target.href : target.pathname + target.search;
		init = redirected(init, response.status);
	}
	throw new TypeError('redirected too often');
}

/** As fetch itself does: what was posted is not posted again, unless the status says so. */
function redirected(init: RequestInit, status: number): RequestInit {
	if (status > 303 || init.method === 'GET' || (status < 303 && init.method !== 'POST'))
		return init;
	const headers = new Headers(init.headers);
	headers.delete('content-type');
	return { ...init, method: 'GET', body: null, headers };
}
