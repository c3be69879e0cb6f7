// While a page is made on the server, its `fetch` asks the API directly, as the browser would.

import http from 'node:http';
import { pipeline, Readable, type Duplex } from 'node:stream';
import zlib from 'node:zlib';
import type { RequestEvent } from '@sveltejs/kit';

// `fluidkit dev` and `fluidkit start` set these, as does whoever runs server.js
const API_URL = process.env.FLUIDKIT_API_URL ?? 'http://127.0.0.1:8000';
const PROXY: string[] = JSON.parse(process.env.FLUIDKIT_PROXY ?? '["/api"]');
// `fluidkit dev` knows its own front end by it, whatever the site is called
const RUN = process.env.FLUIDKIT_RUN;
const PATHS = PROXY.map((path) => `${path.replace(/\/$/, '')}/`);

const REDIRECTS = [301, 302, 303, 307, 308];
const MOST_REDIRECTS = 20; // as many as fetch follows by itself
const OF_THIS_SITE = ['authorization', 'cookie'];
const OF_THE_BROWSER = ['accept-language', 'authorization', 'user-agent'];

const TOO_LATE = 'The page is complete: read its streams to their end in load';
const DECODERS: Record<string, () => Duplex> = {
	gzip: zlib.createGunzip,
	'x-gzip': zlib.createGunzip,
	deflate: zlib.createInflate,
	br: zlib.createBrotliDecompress
};

// what the API wants the browser to keep, by the browser's request: never another user's
const received = new WeakMap<Request, string[]>();
const answered = new WeakSet<Request>();
// aborted once all of the page is sent
const pages = new WeakMap<Request, AbortController>();

/** Whether the request goes to the API of this very site. */
export function isForApi(event: RequestEvent, request: Request): boolean {
	const { origin, pathname } = new URL(request.url);
	return origin === event.url.origin && PATHS.some((path) => `${pathname}/`.startsWith(path));
}

/** The API's answer; a 503 when there is none, as from the proxy in front of the browser. */
export async function askApi(event: RequestEvent, request: Request): Promise<Response> {
	let next = request;
	for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
		const response = await ask(event, next);
		if (next.credentials !== 'omit') keepCookies(event, next, response);
		const target = redirection(next, response);
		if (!target) return response;
		void response.body?.cancel();
		if (!isForApi(event, target)) {
			for (const name of OF_THIS_SITE) target.headers.delete(name);
			return fetch(target);
		}
		next = target;
	}
	throw new TypeError(`More than ${MOST_REDIRECTS} redirects`);
}

/**
 * The page's response, with the cookies that the API set while it was made. Nobody is left to read
 * what is still asked of the API when all of it is sent: that ends.
 */
export function withCookies(event: RequestEvent, response: Response): Response {
	answered.add(event.request);
	const page = pages.get(event.request);
	if (!page) return response;
	const headers = new Headers(response.headers);
	for (const cookie of received.get(event.request) ?? []) headers.append('set-cookie', cookie);
	const { status, statusText } = response;
	const end = () => page.abort();
	if (!response.body) end();
	const body = response.body?.pipeThrough(new TransformStream({ flush: end })) ?? null;
	return new Response(body, { status, statusText, headers });
}

/** Whether it failed since the visitor has left, as all does that a page is still waiting for. */
export function hasLeft(event: RequestEvent, error: unknown): boolean {
	const { name, code } = Object(error) as NodeJS.ErrnoException;
	return event.request.signal.aborted && (name === 'AbortError' || code === 'ECONNRESET');
}

function pageOf(event: RequestEvent): AbortController {
	const page = pages.get(event.request) ?? new AbortController();
	pages.set(event.request, page);
	return page;
}

/** What to ask instead, unless a body would have to be sent again. */
function redirection(request: Request, { status, headers }: Response): Request | undefined {
	const location = headers.get('location');
	if (!location || !REDIRECTS.includes(status) || request.redirect !== 'follow') return undefined;
	const target = new URL(location, request.url);
	if (request.method === 'GET' || request.method === 'HEAD') return new Request(target, request);
	// https://fetch.spec.whatwg.org/#http-redirect-fetch: a GET, without what told of the body
	if (status !== 303 && (status > 303 || request.method !== 'POST')) return undefined;
	const { credentials, signal } = request;
	const kept = [...request.headers].filter(([name]) => !name.startsWith('content-'));
	return new Request(target, { credentials, signal, headers: kept });
}

async function ask(event: RequestEvent, request: Request): Promise<Response> {
	const body = await request.arrayBuffer();
	const page = pageOf(event);
	// an error that is final: clients take a lost stream up again
	if (page.signal.aborted) return Response.json({ detail: TOO_LATE }, { status: 409 });
	const signal = AbortSignal.any([request.signal, event.request.signal, page.signal]);
	const { pathname, search } = new URL(request.url);
	const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
	// fetch itself would not send this site's Host
	const asked = http.request(API_URL, {
		method: request.method,
		path: pathname + search, // as it is: an address that begins with // would name another host
		headers: headersFor(event, request),
		agent: false, // a kept connection may be closed just as it is used again
		signal
	});
	asked.on('response', resolve).on('error', reject).end(Buffer.from(body));
	const complain = () => console.warn(`${pathname} was still open when its page was complete`);
	page.signal.addEventListener('abort', complain);
	const silence = () => page.signal.removeEventListener('abort', complain);
	// the connection closes a little after the answer ends, and a page can be complete by then
	asked.on('close', silence).on('response', (answer) => answer.on('end', silence));
	try {
		return responseOf(await promise);
	} catch (error) {
		signal.throwIfAborted();
		const detail = `The Python server did not answer: ${(error as Error).message}`;
		return Response.json({ detail }, { status: 503 });
	}
}

function responseOf(answer: http.IncomingMessage): Response {
	const { statusCode: status = 502, statusMessage: statusText = '', rawHeaders } = answer;
	const headers = new Headers();
	for (let at = 0; at < rawHeaders.length; at += 2) {
		headers.append(rawHeaders[at] as string, rawHeaders[at + 1] as string);
	}
	const empty = [204, 205, 304].includes(status);
	if (empty) answer.resume();
	const body = empty
		? null
		: (Readable.toWeb(decoded(answer, headers)) as ReadableStream<Uint8Array>);
	return new Response(body, { status, statusText, headers });
}

/** The body as fetch itself would give it: some APIs compress whether they are asked to or not. */
function decoded(answer: http.IncomingMessage, headers: Headers): Readable {
	const decoder = DECODERS[headers.get('content-encoding')?.toLowerCase() ?? ''];
	if (!decoder) return answer;
	headers.delete('content-encoding');
	headers.delete('content-length');
	// an answer that breaks off breaks its reader off, and a reader that leaves ends the request
	return pipeline(answer, decoder(), () => {});
}

/** What the API would see of the browser if that asked through the proxy. */
function headersFor(event: RequestEvent, request: Request): Record<string, string> {
	const headers = new Headers(request.headers);
	headers.set('host', event.url.host);
	if (RUN) headers.set('x-fluidkit-run', RUN);
	// what travels within a machine is not worth it
	if (!headers.has('accept-encoding')) headers.set('accept-encoding', 'identity');
	const client = clientAddress(event);
	if (client) headers.set('x-forwarded-for', client);
	const name = event.request.headers.get('x-request-id');
	if (name) headers.set('x-request-id', name);
	headers.set('x-forwarded-host', event.url.host);
	headers.set('x-forwarded-proto', event.url.protocol.slice(0, -1));
	if (request.method !== 'GET' && request.method !== 'HEAD') {
		headers.set('origin', event.url.origin);
	}
	if (request.credentials !== 'omit') {
		for (const name of OF_THE_BROWSER) {
			const value = event.request.headers.get(name);
			if (value && !headers.has(name)) headers.set(name, value);
		}
		const cookies = cookiesFor(event, new URL(request.url).pathname);
		if (cookies) headers.set('cookie', cookies);
	}
	return Object.fromEntries(headers);
}

/** Nobody asks while a page is prerendered, and SvelteKit throws when it is asked who does. */
function clientAddress(event: RequestEvent): string | undefined {
	try {
		return event.getClientAddress();
	} catch {
		return undefined;
	}
}

/** The browser's cookies, as later answers of the API have changed them for this path. */
function cookiesFor(event: RequestEvent, pathname: string): string {
	const sent = event.request.headers.get('cookie')?.split(/; */) ?? [];
	const cookies = new Map(sent.map((pair) => [pair.split('=', 1)[0], pair]));
	for (const text of received.get(event.request) ?? []) {
		const { name, path = '/', maxAge = 1, expires } = event.cookies.parse(text);
		if (!`${pathname}/`.startsWith(path.replace(/\/*$/, '/'))) continue;
		if (maxAge <= 0 || (expires && expires.getTime() < Date.now())) cookies.delete(name);
		else cookies.set(name, text.split(';', 1)[0] as string);
	}
	return [...cookies.values()].join('; ');
}

function keepCookies(event: RequestEvent, request: Request, response: Response): void {
	const { pathname } = new URL(request.url);
	const texts = response.headers.getSetCookie();
	if (!texts.length) return;
	if (answered.has(event.request)) {
		console.warn(`${pathname} set a cookie too late: await its answer in load`);
	}
	const folder = pathname.slice(0, Math.max(1, pathname.lastIndexOf('/')));
	// the browser would take the page's folder for one that is not named
	const cookies = texts.map((text) => (/;\s*path=/i.test(text) ? text : `${text}; Path=${folder}`));
	received.set(event.request, [...(received.get(event.request) ?? []), ...cookies]);
}
