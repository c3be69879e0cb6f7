// When a stream waits, and how long: the idle time-out, the delays between two connections.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test, type TestContext } from 'node:test';
import { events, type EventStream } from '../../scaffolds/client/typescript/runtime.ts';
import {
	ConnectionError,
	InvalidRequest
} from '../../scaffolds/client/typescript/runtime/errors.ts';
import { pingWatch } from '../../scaffolds/client/typescript/runtime/idle.ts';
import {
	isTakenUpAgain,
	pause,
	reconnectDelay
} from '../../scaffolds/client/typescript/runtime/reconnect.ts';
import { fetchOf, serve, startEvents } from './server.ts';

const HOUR = 3_600_000;

test('one ping has no interval: the silence after it may last', (t) => {
	const line = watched(t);
	line.ping(15_000);
	line.silence(HOUR);
	assert.equal(line.isClosed(), false);
});

test('two pings have: three times the interval later the connection is closed', (t) => {
	const line = watched(t);
	line.ping(15_000);
	line.ping(15_000);
	line.silence(44_000);
	assert.equal(line.isClosed(), false);
	line.silence(2_000);
	assert.equal(line.isClosed(), true);
});

test('pings that go on keep the connection', (t) => {
	const line = watched(t);
	for (let i = 0; i < 100; i++) line.ping(15_000);
	assert.equal(line.isClosed(), false);
});

test('nobody reading is no silence of the server', async (t) => {
	const clock = stoppedClock(t);
	const pings = Promise.withResolvers<ReadableStreamDefaultController>();
	const body = new ReadableStream({ start: (controller) => pings.resolve(controller) });
	const headers = { 'content-type': 'text/event-stream' };
	const fetch = () => Promise.resolve(new Response(body, { headers }));
	const stream = events('GET', '/', {}, { fetch, reconnect: 'never' });
	const loop = stream[Symbol.asyncIterator]();
	const send = async (text: string) => {
		await new Promise(setImmediate);
		clock.pass(15_000);
		(await pings.promise).enqueue(new TextEncoder().encode(text));
	};
	const first = loop.next();
	await send(': ping\n\n');
	await send(': ping\n\n');
	await send('data: 1\n\n');
	assert.equal((await first).value, 1);
	clock.pass(HOUR);
	const second = loop.next();
	await send('data: 2\n\n');
	assert.equal((await second).value, 2);
	const third = assert.rejects(loop.next(), { kind: 'idle' });
	await new Promise(setImmediate);
	clock.pass(46_000);
	await third;
});

test('pings that lay in a buffer say nothing of their interval', (t) => {
	const line = watched(t);
	line.ping(15_000);
	for (let i = 0; i < 10; i++) line.ping(0);
	line.ping(5_000);
	line.silence(HOUR);
	assert.equal(line.isClosed(), false);
	line.ping(0);
});

test('a server that pings only in silence is judged by its shortest interval', (t) => {
	const line = watched(t);
	line.ping(15_000);
	line.ping(HOUR);
	line.ping(15_000);
	line.ping(40_000);
	assert.equal(line.isClosed(), false);
	line.silence(46_000);
	assert.equal(line.isClosed(), true);
});

test('pings that waited for a reader close nothing', async (t) => {
	const clock = stoppedClock(t);
	const body = new ReadableStream({
		start(controller) {
			for (const text of [': ping\n\n', ': ping\n\n', 'data: 1\n\n', ': ping\n\n'])
				controller.enqueue(new TextEncoder().encode(text));
		}
	});
	const headers = { 'content-type': 'text/event-stream' };
	const fetch = () => Promise.resolve(new Response(body, { headers }));
	const stream = events('GET', '/', {}, { fetch, reconnect: 'never' });
	const loop = stream[Symbol.asyncIterator]();
	clock.pass(15_000);
	assert.equal((await loop.next()).value, 1);
	const last = loop.next();
	await new Promise(setImmediate);
	clock.pass(HOUR);
	await new Promise(setImmediate);
	assert.equal(stream.state, 'open');
	stream.close();
	assert.deepEqual(await last, { done: true, value: undefined });
});

/** A connection that is read, whose clock the test turns. */
function watched(t: TestContext) {
	const clock = stoppedClock(t);
	const watch = pingWatch();
	let patience: number | undefined;
	let waited = 0;
	let isClosed = false;
	const silence = (milliseconds: number) => {
		clock.pass(milliseconds);
		waited += milliseconds;
		isClosed ||= patience !== undefined && waited >= patience;
	};
	return {
		isClosed: () => isClosed,
		silence,
		ping(after: number) {
			silence(after);
			patience = watch(waited);
			waited = 0;
		}
	};
}

function stoppedClock(t: TestContext) {
	let now = 1;
	t.mock.timers.enable({ apis: ['setTimeout'] });
	t.mock.method(performance, 'now', () => now);
	return {
		pass(milliseconds: number) {
			now += milliseconds;
			t.mock.timers.tick(milliseconds);
		}
	};
}

test('delays double from a quarter of a second to ten seconds', () => {
	for (let attempt = 0; attempt < 12; attempt++) {
		const least = Math.min(250 * 2 ** attempt, 8_000);
		for (let i = 0; i < 50; i++) {
			const delay = reconnectDelay(attempt);
			assert.ok(delay >= least && delay <= least * 1.25, `${attempt}: ${delay}`);
		}
	}
	assert.notEqual(reconnectDelay(3), reconnectDelay(3));
});

test('delays grow while there is no answer, and start anew once an event has come', async (t) => {
	const tick = () => breaking('data: 1\n\n');
	const answers = [tick(), busy, busy, tick(), busy, busy, tick()];
	assert.deepEqual(await doublings(t, answers), [0, 1, 2, 0, 1, 2, 0]);
});

test('a server that answers, says a byte or two and dies is given ever more time', async (t) => {
	const answers = [':\n\n', ':', 'data: 1', 'id: 1\n', ': ping\n\n', 'x'].map(breaking);
	assert.deepEqual(await doublings(t, answers), [0, 1, 2, 3, 4, 5]);
});

test('a silent stream that outlasted the wait before it starts anew', async (t) => {
	const answers = Array.from({ length: 5 }, () => breaking(': ping\n\n'));
	assert.deepEqual(await doublings(t, answers, 400), [0, 0, 0, 0, 0]);
	const shorter = Array.from({ length: 3 }, () => breaking(': ping\n\n'));
	assert.deepEqual(await doublings(t, shorter, 200), [0, 1, 2]);
});

const busy: typeof fetch = () => Promise.resolve(new Response(null, { status: 503 }));
const breaking = (text: string) =>
	fetchOf([new TextEncoder().encode(text)], 'text/event-stream', 'reset');

/** How often each wait was doubled; none takes time, and connections break off `life` ms old. */
async function doublings(t: TestContext, answers: (typeof fetch)[], life = 1) {
	const waits: number[] = [];
	let now = 0;
	t.mock.method(performance, 'now', () => now);
	t.mock.method(globalThis, 'setTimeout', (go: () => void, milliseconds: number) => {
		waits.push(milliseconds);
		now += milliseconds;
		queueMicrotask(go);
	});
	const finished: typeof fetch = () => Promise.resolve(new Response(null, { status: 204 }));
	const fetch: typeof globalThis.fetch = (...request) => (answers.shift() ?? finished)(...request);
	const onOpen = () => void (now += life);
	await events('GET', '/', {}, { fetch, onOpen }).closed;
	t.mock.restoreAll();
	return waits.map((milliseconds) => Math.floor(Math.log2(milliseconds / 250)));
}

test('what the server asks for is the least, between a tenth of a second and a minute', () => {
	assert.ok(reconnectDelay(0, 0) >= 100 && reconnectDelay(0, 0) <= 125);
	assert.ok(reconnectDelay(0, 5_000) >= 5_000 && reconnectDelay(0, 5_000) <= 6_250);
	assert.ok(reconnectDelay(9, 1e300) >= 60_000 && reconnectDelay(9, 1e300) <= 75_000);
});

test('what is taken up again depends on the mode and on having been open', () => {
	const lost = new ConnectionError('transport', 'GET /');
	assert.equal(isTakenUpAgain(lost, 'never', true), false);
	assert.equal(isTakenUpAgain(lost, 'lost', true), true);
	assert.equal(isTakenUpAgain(lost, 'lost', false), false);
	assert.equal(isTakenUpAgain(lost, 'always', false), true);
	assert.equal(isTakenUpAgain(new InvalidRequest('a mistake'), 'always', true), false);
});

test('a pause lasts until the browser is online again', async (t) => {
	const page = inPage(t);
	replace(t, 'navigator', { onLine: false });
	t.mock.timers.enable({ apis: ['setTimeout'] });
	let isOver = false;
	const wait = pause(1_000, new AbortController().signal).then(() => (isOver = true));
	t.mock.timers.tick(HOUR);
	await Promise.resolve();
	assert.equal(isOver, false);
	page.dispatchEvent(new Event('online'));
	await wait;
});

test('a page that is back from the back/forward cache takes its streams up again', async (t) => {
	const page = inPage(t);
	const server = await serve(t, (exchange, index) => {
		startEvents(exchange, index === 0 ? 'retry: 1\nid: 1\ndata: 1\n\n' : 'data: 2\n\n');
		if (index > 0) exchange.response.end();
	});
	const lost: string[] = [];
	const stream = events('GET', '/', {}, { ...server, onError: ({ kind }) => lost.push(kind) });
	const loop = stream[Symbol.asyncIterator]();
	assert.deepEqual(await loop.next(), { done: false, value: 1 });
	const next = loop.next();
	page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }));
	await new Promise(setImmediate);
	assert.equal(stream.state, 'open');
	page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
	assert.deepEqual(await next, { done: false, value: 2 });
	assert.deepEqual(await loop.next(), { done: true, value: undefined });
	assert.deepEqual(lost, ['transport']);
	const { headers } = (await server.exchange(1)).request;
	assert.equal(headers['last-event-id'], '1');
});

test('a page that comes back while nobody reads loses nothing of what had come', async (t) => {
	const page = inPage(t);
	const server = await serve(t, (exchange, index) => {
		const first = 'retry: 1\nid: 1\ndata: 1\n\nid: 2\ndata: 2\n\n';
		startEvents(exchange, index === 0 ? first : 'data: 3\n\n');
		if (index > 0) exchange.response.end();
	});
	const loop = events('GET', '/', {}, server)[Symbol.asyncIterator]();
	assert.equal((await loop.next()).value, 1);
	page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
	assert.deepEqual([(await loop.next()).value, (await loop.next()).value], [2, 3]);
	assert.equal((await server.exchange(1)).request.headers['last-event-id'], '2');
});

test('what is never taken up again is left alone when its page comes back', async (t) => {
	const page = inPage(t);
	const server = await serve(t, (exchange) => startEvents(exchange, 'data: 1\n\n'));
	const stream = events('POST', '/', {}, server);
	const loop = stream[Symbol.asyncIterator]();
	await loop.next();
	const next = loop.next();
	page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
	(await server.exchange(0)).response.end('data: 2\n\n');
	assert.equal((await next).value, 2);
});

/** Node has no page whose events could be listened to. */
function inPage(t: TestContext): EventTarget {
	const page = new EventTarget();
	replace(t, 'addEventListener', page.addEventListener.bind(page));
	replace(t, 'removeEventListener', page.removeEventListener.bind(page));
	return page;
}

test('a pause ends at once when it is aborted, before or in its midst', async (t) => {
	const page = inPage(t);
	await pause(HOUR, AbortSignal.abort());
	const controller = new AbortController();
	const wait = pause(HOUR, controller.signal);
	assert.equal(getEventListeners(page, 'online').length, 1);
	controller.abort();
	await wait;
	assert.equal(getEventListeners(page, 'online').length, 0);
});

function replace(t: TestContext, name: string, value: unknown): void {
	const before = Object.getOwnPropertyDescriptor(globalThis, name);
	Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
	t.after(() => {
		Reflect.deleteProperty(globalThis, name);
		if (before) Object.defineProperty(globalThis, name, before);
	});
}
