// live() as the browser runs it, over a real server: what it opens, follows and gives.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as macrotask } from 'node:timers/promises';
import type { LiveSource } from '../../scaffolds/client/typescript/live.svelte.ts';
import {
	queryOf,
	pathOf,
	InvalidRequest,
	download,
	events,
	text,
	type ServerEvent
} from '../../scaffolds/client/typescript/runtime.ts';
import { are, is, live, read, state, ticking, ticks, until } from './live.page.ts';
import { serve, startEvents } from './server.ts';

test('it opens when it is read, and shows what came and how it stands', async (t) => {
	const server = await serve(t, ticking);
	const clock = live(() => ticks(server));
	const status = read(t, () => clock.status);
	await until(t, () => clock.items, are(2));
	assert.deepEqual(clock.items, [1, 2]);
	assert.equal(clock.current, 2);
	assert.equal(clock.error, undefined);
	assert.deepEqual(status.seen, ['idle', 'connecting', 'open']);
	assert.equal(server.exchanges.length, 1);
});

test('what an event handler reads or calls opens nothing', async (t) => {
	const server = await serve(t, ticking);
	const asked = t.mock.method(globalThis, 'fetch');
	const clock = live(() => ticks(server));
	assert.deepEqual(
		[clock.items, clock.current, clock.status, clock.error],
		[[], undefined, 'idle', undefined]
	);
	clock.reconnect();
	clock.close();
	await macrotask();
	assert.equal(asked.mock.callCount(), 0);
});

test('the function runs once, however often its stream is read', async (t) => {
	const server = await serve(t, ticking);
	let calls = 0;
	const clock = live(() => ((calls += 1), ticks(server)));
	for (let count = 0; count < 5; count++) void clock.status;
	await until(
		t,
		() => [clock.status, clock.items.length],
		([, length]) => length === 2
	);
	assert.equal(calls, 1);
});

test('it follows the values that the function uses', async (t) => {
	const server = await serve(t, (exchange) => {
		const room = new URL(exchange.request.url ?? '', server.baseUrl).searchParams.get('room');
		startEvents(exchange, `data: "in ${room}"\n\n`);
	});
	const { baseUrl } = server;
	const room = state(1);
	const chat = live(
		() => room.value && events('GET', '/', { query: queryOf({ room: room.value }) }, { baseUrl })
	);
	const items = read(t, () => chat.items);
	await items.until((all) => all[0] === 'in 1');
	room.value = 2;
	assert.deepEqual(await items.until((all) => all[0] === 'in 2'), ['in 2']);
	await (
		await server.exchange(0)
	).closed;

	room.value = 0;
	assert.deepEqual(await items.until(are(0)), []);
	assert.equal(chat.status, 'idle');
	await (
		await server.exchange(1)
	).closed;
	assert.equal(server.exchanges.length, 2);
});

test('a loop of a stream gives what the loop gives', async (t) => {
	const server = await serve(t, (exchange, index) => {
		if (index === 0) return startEvents(exchange, 'id: 1\nevent: token\ndata: {"text": "Hi"}\n\n');
		exchange.response.writeHead(200, { 'content-type': 'text/plain' }).end('one\ntwo\r\nth');
	});
	const { baseUrl } = server;
	type Token = ServerEvent<'token', { text: string }>;
	const parts = { body: {}, events: { token: 'json' } as const };
	const chat = live(() => events<Token>('POST', '/', parts, { baseUrl }).events());
	const event = await until(
		t,
		() => chat.current,
		(value) => value !== undefined
	);
	assert.deepEqual([event?.type, event?.value.text, event?.lastEventId], ['token', 'Hi', '1']);
	const log = live(() => text('GET', '/', {}, { baseUrl }).lines());
	assert.deepEqual(await until(t, () => log.items, are(3)), ['one', 'two', 'th']);
	await until(t, () => log.status, is('closed'));
});

test('a download is its chunks', async (t) => {
	const server = await serve(t, ({ response }) => response.end('a report'));
	const file = live(() => download('GET', '/', {}, { baseUrl: server.baseUrl }));
	await until(t, () => file.status, is('closed'));
	assert.equal(await new Blob([...file.items]).text(), 'a report');
});

test('what the function throws, the reader gets', () => {
	const broken = live(() => {
		throw new Error('no such room');
	});
	assert.throws(() => broken.items, /no such room/);
});

test('a request that cannot be made is its error', async (t) => {
	const broken = live(() => events('GET', '/{room}', { path: pathOf({ room: '..' }) }));
	assert.ok((await until(t, () => broken.error, Boolean)) instanceof InvalidRequest);
	assert.equal(broken.status, 'closed');
});

test('an aborted signal closes it without an error', async (t) => {
	const server = await serve(t, ticking);
	const controller = new AbortController();
	const clock = live(() => ticks(server, { signal: controller.signal }));
	await until(t, () => clock.items, are(2));
	controller.abort();
	await until(t, () => clock.status, is('closed'));
	assert.deepEqual([clock.items, clock.error], [[1, 2], undefined]);
});

test('what is no stream of the client is told so', () => {
	async function* numbers() {
		yield 1;
	}
	const help = /live\(\) takes a function that returns a stream of the generated client/;
	for (const foreign of [numbers(), Promise.resolve(), [1, 2], {}]) {
		const broken = live(() => foreign as unknown as LiveSource<number>);
		assert.throws(() => broken.items, help);
	}
});
