// What becomes of a stream of live() when its readers go, and when they come back.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { setImmediate as macrotask } from 'node:timers/promises';
import { records } from '../../scaffolds/client/typescript/runtime.ts';
import {
	are,
	feeds,
	flushSync,
	is,
	lines,
	live,
	read,
	state,
	stopTime,
	ticking,
	ticks,
	until
} from './live.page.ts';
import { serve } from './server.ts';

test('neither a stream that is never read nor one that is left stays with its signal', async (t) => {
	const server = await serve(t, ticking);
	const { signal } = new AbortController();
	const clock = live(() => ticks(server, { signal, onMessage: () => {} }));
	assert.equal(clock.status, 'idle');
	assert.equal(getEventListeners(signal, 'abort').length, 0);

	const reading = read(t, () => clock.status);
	await reading.until(is('open'));
	assert.equal(getEventListeners(signal, 'abort').length, 1);
	reading.leave();
	await (
		await server.exchange(0)
	).closed;
	assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('who comes back within a second finds it open, with its items', async (t) => {
	const server = await serve(t, ticking);
	const clock = live(() => ticks(server));
	const reading = read(t, () => clock.items);
	await reading.until(are(2));
	const pass = stopTime(t);
	reading.leave();
	await macrotask();
	pass(999);

	const again = live(() => ticks(server));
	assert.deepEqual(await read(t, () => again.items).until(() => true), [1, 2]);
	pass(5_000);
	(await server.exchange(0)).response.write('id: 3\ndata: 3\n\n');
	await until(t, () => again.items, are(3));
	assert.equal(again.status, 'open');
	assert.equal(server.exchanges.length, 1);
});

test('it closes a second after its last reader went, and starts anew then', async (t) => {
	const server = await serve(t, ticking);
	const clock = live(() => ticks(server));
	const [first, last] = [read(t, () => clock.items), read(t, () => clock.status)];
	await first.until(are(2));
	const pass = stopTime(t);
	first.leave();
	await macrotask();
	pass(5_000);
	assert.equal(clock.status, 'open');

	last.leave();
	await macrotask();
	pass(999);
	assert.equal(clock.status, 'open');
	pass(1);
	assert.deepEqual([clock.items, clock.status], [[], 'idle']);
	await (
		await server.exchange(0)
	).closed;

	await until(t, () => clock.items, are(2));
	assert.equal((await server.exchange(1)).request.headers['last-event-id'], undefined);
});

test('one that closed finds the connection that another has opened since', async (t) => {
	const server = await serve(t, ticking);
	const [first, second] = [live(() => ticks(server)), live(() => ticks(server))];
	const reading = read(t, () => first.items);
	await reading.until(are(2));
	reading.leave();
	await (
		await server.exchange(0)
	).closed;
	await until(t, () => second.items, are(2));
	assert.deepEqual(await read(t, () => first.items).until(() => true), [1, 2]);
	assert.equal(server.exchanges.length, 2);
});

test('a finished list is not asked for again within the second', async (t) => {
	const server = await serve(t, (exchange) => {
		lines(exchange, 1, 2);
		exchange.response.end();
	});
	const asked = t.mock.method(globalThis, 'fetch');
	const source = () => records('GET', '/', {}, { baseUrl: server.baseUrl });
	const [list, again] = [live(source), live(source)];
	const reading = read(t, () => list.status);
	await reading.until(is('closed'));
	reading.leave();
	await macrotask();
	assert.deepEqual(await read(t, () => again.items).until(() => true), [1, 2]);
	await macrotask();
	assert.equal(asked.mock.callCount(), 1);
});

test('a failure is not what the next reader comes to', async (t) => {
	const server = await serve(t, (exchange, index) =>
		index ? ticking(exchange, index) : void exchange.response.writeHead(401).end()
	);
	const [refused, next] = [live(() => ticks(server)), live(() => ticks(server))];
	const reading = read(t, () => refused.error);
	await reading.until(Boolean);
	reading.leave();
	await macrotask();
	const status = read(t, () => [next.status, next.error] as const);
	await status.until(([value]) => value === 'open');
	assert.ok(status.seen.every(([value, error]) => value !== 'closed' && !error));
});

test('what was closed opens again for the first reader after all have left', async (t) => {
	const server = await serve(t, ticking);
	const [stopped, next] = [live(() => ticks(server)), live(() => ticks(server))];
	const reading = read(t, () => stopped.items);
	await reading.until(are(2));
	reading.leave();
	await macrotask();
	stopped.close();
	await until(t, () => next.status, is('open'));
	assert.equal(server.exchanges.length, 2);
});

for (const [what, options, method] of [
	['a callback', { onOpen: () => {} }, 'GET'],
	['another method', {}, 'POST']
] as const) {
	test(`a stream with ${what} closes at once, since nobody else can find it`, async (t) => {
		const server = await serve(t, ticking);
		const clock = live(() => ticks(server, options, method));
		const reading = read(t, () => clock.items);
		await reading.until(are(2));
		const pass = stopTime(t);
		reading.leave();
		await macrotask();
		pass(1);
		assert.equal(clock.status, 'idle');
		await (
			await server.exchange(0)
		).closed;
	});
}

test('an effect that runs again does not cut it', async (t) => {
	const server = await serve(t, ticking);
	const clock = live(() => ticks(server, {}, 'POST'));
	const round = state(0);
	const reading = read(t, () => [round.value, clock.items.length]);
	await reading.until(([, count]) => count === 2);
	round.value = 1;
	await reading.until(([value]) => value === 1);
	await macrotask();
	assert.equal(clock.status, 'open');
	assert.equal(server.exchanges.length, 1);
});

test('a thousand components that come and go share one connection, and leave none', async (t) => {
	const server = await serve(t, ticking);
	const count = feeds.size;
	for (let i = 0; i < 1_000; i++) {
		const clock = live(() => ticks(server));
		const reading = read(t, () => clock.items);
		flushSync();
		assert.equal(reading.seen.length, 1);
		reading.leave();
	}
	const clock = live(() => ticks(server));
	const last = read(t, () => clock.items);
	await last.until(are(2));
	assert.equal(server.exchanges.length, 1);
	assert.ok(feeds.size <= count + 1);
	last.leave();
	await server.exchanges[0]?.closed;
});

test('a thousand that share nothing leave no connection either', async (t) => {
	const server = await serve(t, ticking);
	const count = feeds.size;
	for (let i = 0; i < 1_000; i++) {
		const clock = live(() => ticks(server, { onMessage: () => {} }));
		const reading = read(t, () => clock.items);
		flushSync();
		if (i % 50 === 0) await reading.until(are(2));
		reading.leave();
	}
	const left = server.exchanges.length;
	await Promise.all(server.exchanges.map(({ closed }) => closed));
	assert.ok(left >= 20);
	assert.ok(feeds.size <= count); // fewer where those of other tests were collected
});
