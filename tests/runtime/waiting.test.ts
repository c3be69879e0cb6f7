// When a stream waits, and how long: the idle time-out, the delays between two connections.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { events, type EventStream } from '../../scaffolds/client/typescript/runtime.ts';
import type { Connection } from '../../scaffolds/client/typescript/runtime/connection.ts';
import { ConnectionError } from '../../scaffolds/client/typescript/runtime/errors.ts';
import { IdleWatch } from '../../scaffolds/client/typescript/runtime/idle.ts';
import {
	isTakenUpAgain,
	pause,
	reconnectDelay
} from '../../scaffolds/client/typescript/runtime/reconnect.ts';
import { fetchOf } from './server.ts';

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

test('nobody reading is no silence of the server', (t) => {
	const line = watched(t);
	line.ping(15_000);
	line.ping(15_000);
	line.nobodyReads(HOUR);
	line.silence(44_000);
	assert.equal(line.isClosed(), false);
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
	line.silence(46_000);
	assert.equal(line.isClosed(), true);
});

/** A connection whose clock the test turns. */
function watched(t: TestContext) {
	let now = 1;
	let closed = false;
	t.mock.timers.enable({ apis: ['setTimeout'] });
	t.mock.method(performance, 'now', () => now);
	const { signal } = new AbortController();
	const connection = { isReading: true, readSince: now, signal, close: () => (closed = true) };
	const error = () => new ConnectionError('idle', 'GET /');
	const watch = new IdleWatch(connection as unknown as Connection, error);
	const pass = (milliseconds: number) => {
		now += milliseconds;
		t.mock.timers.tick(milliseconds);
	};
	return {
		isClosed: () => closed,
		silence: pass,
		nobodyReads(milliseconds: number) {
			connection.isReading = false;
			pass(milliseconds);
			connection.isReading = true;
			connection.readSince = now;
		},
		ping(after: number) {
			pass(after);
			watch.ping();
			connection.readSince = now;
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

test('delays grow while there is no answer, and start anew once there was one', async (t) => {
	const delays: number[] = [];
	const realSetTimeout = globalThis.setTimeout;
	const instantly = (go: () => void, delay: number) => realSetTimeout(go, delays.push(delay) * 0);
	globalThis.setTimeout = instantly as typeof setTimeout;
	t.after(() => (globalThis.setTimeout = realSetTimeout));
	let requests = 0;
	const fetch: typeof globalThis.fetch = (address, init) => {
		if (requests++ % 3 !== 0) return Promise.resolve(new Response(null, { status: 503 }));
		const tick = new TextEncoder().encode('data: 1\n\n');
		return fetchOf([tick], 'text/event-stream', 'reset')(address, init);
	};
	const onError = () => delays.length === 6 && stream.close();
	const stream: EventStream = events('GET', '/', {}, { fetch, onError });
	for await (const _ of stream) continue;
	const doubled = delays.slice(0, 6).map((delay) => Math.floor(Math.log2(delay / 250)));
	assert.deepEqual(doubled, [0, 1, 2, 0, 1, 2]);
});

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
	assert.equal(isTakenUpAgain(new Error('a mistake'), 'always', true), false);
});

test('a pause lasts until the browser is online again', async (t) => {
	const page = new EventTarget();
	const navigator = { onLine: false };
	replace(t, 'navigator', navigator);
	replace(t, 'addEventListener', page.addEventListener.bind(page));
	replace(t, 'removeEventListener', page.removeEventListener.bind(page));
	t.mock.timers.enable({ apis: ['setTimeout'] });
	let isOver = false;
	const wait = pause(1_000, new AbortController().signal).then(() => (isOver = true));
	t.mock.timers.tick(HOUR);
	await Promise.resolve();
	assert.equal(isOver, false);
	page.dispatchEvent(new Event('online'));
	await wait;
});

test('a pause ends at once when it is aborted, before or in its midst', async () => {
	await pause(HOUR, AbortSignal.abort());
	const controller = new AbortController();
	const wait = pause(HOUR, controller.signal);
	controller.abort();
	await wait;
});

function replace(t: TestContext, name: string, value: unknown): void {
	const before = Object.getOwnPropertyDescriptor(globalThis, name);
	Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
	t.after(() => {
		Reflect.deleteProperty(globalThis, name);
		if (before) Object.defineProperty(globalThis, name, before);
	});
}
