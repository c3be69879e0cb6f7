// What is not GET: live() sends it once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as macrotask } from 'node:timers/promises';
import { events } from '../../scaffolds/client/typescript/runtime.ts';
import { TWO, are, is, live, read, state, stopTime, ticking, ticks, until } from './live.page.ts';
import { serve, startEvents } from './server.ts';

test('it is left unfinished, and sent again only when asked', async (t) => {
	const server = await serve(t, ticking);
	const asked = t.mock.method(globalThis, 'fetch');
	const reply = live(() => ticks(server, {}, 'POST'));
	const reading = read(t, () => reply.items);
	await reading.until(are(2));
	reading.leave();
	await (
		await server.exchange(0)
	).closed;

	// neither 'closed', as if that had been all, nor sent
	const again = read(t, () => [reply.status, reply.error, reply.items]);
	assert.deepEqual(await again.until(() => true), ['idle', undefined, [1, 2]]);
	const pass = stopTime(t);
	again.leave();
	await macrotask();
	pass(1);
	reply.reconnect();
	await macrotask();
	await until(t, () => reply.status, is('open'));
	assert.equal(asked.mock.callCount(), 2);
});

test('one that had its end keeps it', async (t) => {
	const server = await serve(t, (exchange) => {
		startEvents(exchange, TWO);
		exchange.response.end();
	});
	const asked = t.mock.method(globalThis, 'fetch');
	const reply = live(() => ticks(server, {}, 'POST'));
	const reading = read(t, () => reply.status);
	await reading.until(is('closed'));
	const pass = stopTime(t);
	reading.leave();
	await macrotask();
	pass(5_000);
	const again = read(t, () => [reply.status, reply.items.length]);
	assert.deepEqual(await again.until(() => true), ['closed', 2]);
	await macrotask();
	assert.equal(asked.mock.callCount(), 1);
});

test('it is sent again for other values, not for equal ones', async (t) => {
	const server = await serve(t, ticking);
	const { baseUrl } = server;
	const asked = t.mock.method(globalThis, 'fetch');
	const message = state('Hi');
	let runs = 0;
	const reply = live(() => {
		runs += 1;
		return events('POST', '/', { body: { message: message.value.trim() } }, { baseUrl });
	});
	const reading = read(t, () => [message.value, reply.items.length] as const);
	await reading.until(([, count]) => count === 2);
	for (const text of ['Hi ', 'Hi  ', 'Hi']) {
		message.value = text;
		await reading.until(([value]) => value === text);
	}
	await macrotask();
	assert.deepEqual([runs, asked.mock.callCount(), reply.status], [4, 1, 'open']);

	message.value = 'Ho';
	await server.exchange(1);
	assert.equal(asked.mock.callCount(), 2);
});

test('another signal is another request', async (t) => {
	const server = await serve(t, ticking);
	const controller = state(new AbortController());
	const reply = live(() => ticks(server, { signal: controller.value.signal }, 'POST'));
	const reading = read(t, () => reply.status);
	await reading.until(is('open'));
	controller.value.abort();
	await reading.until(is('closed'));
	controller.value = new AbortController();
	await reading.until(is('open'));
	assert.equal(server.exchanges.length, 2);
});
