// Errors and ends of a stream of live(), and what opens it again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as macrotask } from 'node:timers/promises';
import type { Live } from '../../scaffolds/client/typescript/live.svelte.ts';
import {
	ApiError,
	ConnectionError,
	DataError,
	records,
	type EventOptions
} from '../../scaffolds/client/typescript/runtime.ts';
import {
	TWO,
	are,
	flushSync,
	is,
	lines,
	live,
	read,
	ticking,
	ticks,
	until,
	type Tick
} from './live.page.ts';
import { cut, serve, startEvents } from './server.ts';

test('an answer that is an error shows, until a new one is asked for', async (t) => {
	const server = await serve(t, (exchange, index) => {
		if (index > 0) return startEvents(exchange, TWO);
		exchange.response.writeHead(404, { 'content-type': 'application/json' }).end('{"detail":"no"}');
	});
	const clock = live(() => ticks(server));
	const error = read(t, () => clock.error);
	await error.until((value) => value instanceof ApiError && value.status === 404);
	assert.equal(clock.status, 'closed');
	clock.reconnect();
	assert.equal(clock.error, undefined);
	await until(t, () => clock.items, are(2));
	assert.equal(error.seen.length, 3);
});

test('events that ended or failed go on after the last one', async (t) => {
	const server = await serve(t, (exchange, index) => {
		startEvents(exchange, index === 0 ? TWO : `id: ${index + 2}\ndata: ${index + 2}\n\n`);
		if (index === 0) exchange.response.end();
		if (index === 1) exchange.response.end('data: no JSON\n\n');
	});
	const clock = live(() => ticks(server));
	const status = read(t, () => clock.status);
	await status.until(is('closed'));
	assert.equal(clock.error, undefined);
	clock.reconnect();
	await until(
		t,
		() => clock.error,
		(error) => error instanceof DataError
	);
	clock.reconnect();
	assert.deepEqual(await until(t, () => clock.items, are(4)), [1, 2, 3, 4]);
	const asked = server.exchanges.map(({ request }) => request.headers['last-event-id']);
	assert.deepEqual(asked, [undefined, '2', '3']);
});

test('records start over', async (t) => {
	const server = await serve(t, (exchange, index) => {
		lines(exchange, index, index);
		exchange.response.end();
	});
	const list = live(() => records('GET', '/', {}, { baseUrl: server.baseUrl }));
	const status = read(t, () => list.status);
	await status.until(is('closed'));
	assert.deepEqual(list.items, [0, 0]);
	list.reconnect();
	assert.deepEqual(list.items, []);
	await until(t, () => list.items, are(2));
	assert.deepEqual(list.items, [1, 1]);
});

test('records that are taken up again by themselves start over, too', async (t) => {
	const server = await serve(t, (exchange, index) => lines(exchange, index, index));
	const { baseUrl } = server;
	const list = live(() => records('GET', '/', {}, { baseUrl, reconnect: 'lost' }));
	const items = read(t, () => list.items);
	await items.until(are(2));
	cut(await server.exchange(0));
	await until(t, () => list.error, Boolean);
	assert.deepEqual(await items.until((all) => all[0] === 1), [1, 1]);
	assert.equal(list.error, undefined);
});

test('a lost connection says so, and goes on without a gap', async (t) => {
	const server = await serve(t, (exchange, index) =>
		startEvents(exchange, index === 0 ? `retry: 60000\n${TWO}` : 'id: 3\ndata: 3\n\n')
	);
	const clock = live(() => ticks(server));
	const status = read(t, () => clock.status);
	await until(t, () => clock.items, are(2));
	cut(await server.exchange(0));
	await status.until(is('reconnecting'));
	assert.ok(clock.error instanceof ConnectionError);
	clock.reconnect(); // now, not in a minute
	assert.deepEqual(await until(t, () => clock.items, are(3)), [1, 2, 3]);
	assert.equal(clock.error, undefined);
	assert.equal((await server.exchange(1)).request.headers['last-event-id'], '2');
});

test('reconnect() leaves alone what is open', async (t) => {
	const server = await serve(t, ticking);
	const clock = live(() => ticks(server));
	await until(t, () => clock.items, are(2));
	clock.reconnect();
	await macrotask();
	assert.equal(server.exchanges.length, 1);
	assert.equal(clock.status, 'open');
});

test('close() keeps the items, and reconnect() goes on', async (t) => {
	const server = await serve(t, (exchange, index) =>
		startEvents(exchange, index === 0 ? TWO : 'id: 3\ndata: 3\n\n')
	);
	const clock = live(() => ticks(server));
	await until(t, () => clock.items, are(2));
	clock.close();
	await until(t, () => clock.status, is('closed'));
	assert.deepEqual([clock.items, clock.error], [[1, 2], undefined]);
	clock.reconnect();
	assert.deepEqual(await until(t, () => clock.items, are(3)), [1, 2, 3]);
});

test('close() and reconnect() at once lose nothing that was on its way', async (t) => {
	const many = Array.from({ length: 100 }, (_, number) => `id: ${number}\ndata: ${number}\n\n`);
	const server = await serve(t, (exchange) => {
		const last = exchange.request.headers['last-event-id'];
		startEvents(exchange, many.slice(last === undefined ? 0 : Number(last) + 1).join(''));
	});
	const clock: Live<number> = live(() => ticks(server, { onMessage }));
	const onMessage = ({ value }: Tick) => {
		// When the event has been handed out, and the loop has not run on.
		if (value === 30 || value === 60) queueMicrotask(closeAndReconnect);
	};
	const closeAndReconnect = () => {
		clock.close();
		clock.reconnect();
	};
	const items = await until(t, () => clock.items, are(100));
	assert.deepEqual(items, Array.from(many.keys()));
	assert.equal(server.exchanges.length, 3);
});

test('records that are taken up again and are none now, are none', async (t) => {
	const server = await serve(t, (exchange, index) => {
		lines(exchange, ...(index ? [] : [1, 2]));
		if (index) exchange.response.end();
	});
	const { baseUrl } = server;
	const list = live(() => records('GET', '/', {}, { baseUrl, reconnect: 'lost' }));
	const items = read(t, () => list.items);
	await items.until(are(2));
	cut(await server.exchange(0));
	await until(t, () => list.status, is('closed'));
	assert.deepEqual([list.items, list.error], [[], undefined]);
});

test('a good end leaves no error of before', async (t) => {
	const server = await serve(t, (exchange, index) => {
		if (index === 0) return startEvents(exchange, `retry: 100\n${TWO}`);
		exchange.response.writeHead(204).end();
	});
	const clock = live(() => ticks(server));
	const error = read(t, () => clock.error);
	await until(t, () => clock.items, are(2));
	cut(await server.exchange(0));
	await error.until(Boolean);
	await until(t, () => clock.status, is('closed'));
	assert.deepEqual([clock.error, clock.items], [undefined, [1, 2]]);
});

test('the callbacks of its options are called, too', async (t) => {
	const server = await serve(t, (exchange, index) => {
		startEvents(exchange, index ? '' : `retry: 100\n${TWO}`);
		if (index) exchange.response.end();
	});
	const calls: string[] = [];
	const options: EventOptions<Tick> = {
		onOpen: () => calls.push('open'),
		onError: (error) => calls.push(error.constructor.name),
		onComplete: () => calls.push('complete')
	};
	const clock = live(() => ticks(server, options));
	await until(t, () => clock.items, are(2));
	cut(await server.exchange(0));
	await until(t, () => clock.status, is('closed'));
	assert.deepEqual(calls, ['open', 'ConnectionError', 'open', 'complete']);
});

test('close() before it opens keeps it from opening, until reconnect()', async (t) => {
	const server = await serve(t, ticking);
	const asked = t.mock.method(globalThis, 'fetch');
	const clock = live(() => ticks(server));
	const status = read(t, () => clock.status);
	flushSync(); // as a component is mounted: its template has read, and `onMount` runs
	clock.close();
	await status.until(is('closed'));
	// A stream of another test may be asking for its own server.
	const addresses = asked.mock.calls.map(({ arguments: [address] }) => String(address));
	assert.deepEqual(
		addresses.filter((address) => address.startsWith(server.baseUrl)),
		[]
	);
	clock.reconnect();
	await until(t, () => clock.items, are(2));
});
