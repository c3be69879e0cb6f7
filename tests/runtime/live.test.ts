// live() as the browser runs it, over a real server; only the frames are made here.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Live, LiveSource } from '../../scaffolds/client/typescript/live.svelte.ts';
import {
	ApiError,
	ConnectionError,
	DataError,
	InvalidRequest,
	configure,
	download,
	events,
	records,
	text,
	type EventOptions,
	type ServerEvent
} from '../../scaffolds/client/typescript/runtime.ts';
import { compileFor } from './live.compiler.ts';
import { cut, serve, startEvents, type Answer, type Exchange, type TestServer } from './server.ts';

await compileFor('client');
Object.assign(globalThis, { window: globalThis });
const { live } = await import('../../scaffolds/client/typescript/live.svelte.ts');
const { reader, state } = await import('./live.reader.svelte.ts');

const TWO = 'id: 1\ndata: 1\n\nid: 2\ndata: 2\n\n';
const ticking: Answer = (exchange) => startEvents(exchange, TWO);
const is = (wanted: unknown) => (value: unknown) => value === wanted;
const are =
	(count: number) =>
	({ length }: readonly unknown[]) =>
		length === count;

/** A tab: shown, it draws sixty frames a second; hidden, none. */
const tab = { isShown: true };
const waiting = new Map<number, FrameRequestCallback>();
let lastFrame = 0;
globalThis.cancelAnimationFrame = (frame) => void waiting.delete(frame);
globalThis.requestAnimationFrame = (callback) => {
	waiting.set(++lastFrame, callback);
	setTimeout(draw, 16);
	return lastFrame;
};

function draw(): void {
	if (!tab.isShown) return;
	const callbacks = [...waiting.values()];
	waiting.clear();
	for (const callback of callbacks) callback(performance.now());
}

function ticks({ baseUrl }: TestServer, options: EventOptions<Tick> = {}, method = 'GET') {
	return events<Tick>(method, '/', {}, { baseUrl, ...options });
}

type Tick = ServerEvent<'message', number>;

/** Reads until the test ends, or `leave()`. */
function read<Value>(t: TestContext, value: () => Value) {
	const reading = reader(value);
	t.after(reading.leave);
	return reading;
}

function until<Value>(t: TestContext, value: () => Value, isSo: (value: Value) => boolean) {
	return read(t, value).until(isSo);
}

function lines(exchange: Exchange, ...values: unknown[]): void {
	const { response } = exchange;
	if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/jsonl' });
	for (const value of values) response.write(`${JSON.stringify(value)}\n`);
}

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
	const clock = live(() => ticks(server));
	assert.deepEqual(
		[clock.items, clock.current, clock.status, clock.error],
		[[], undefined, 'idle', undefined]
	);
	clock.reconnect();
	clock.close();
	await sleep(50);
	assert.equal(server.exchanges.length, 0);
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

test('equal streams share one connection, and a late reader finds the items', async (t) => {
	const server = await serve(t, ticking);
	const [first, second] = [live(() => ticks(server)), live(() => ticks(server, { headers: {} }))];
	await Promise.all([until(t, () => first.items, are(2)), until(t, () => second.items, are(2))]);
	const third = live(() => ticks(server));
	assert.deepEqual(read(t, () => third.current).seen, []);
	assert.equal(third.current, 2);
	assert.equal(third.items, first.items);
	assert.equal(server.exchanges.length, 1);
});

const UNEQUAL: Record<string, (server: TestServer) => LiveSource<unknown>> = {
	'other headers': (server) => ticks(server, { headers: { 'x-shop': '1' } }),
	'another first event': (server) => ticks(server, { lastEventId: '7' }),
	'another address': ({ baseUrl }) => events('GET', '/', { query: { limit: 1 } }, { baseUrl }),
	'other parameters in its headers': ({ baseUrl }) =>
		events('GET', '/', { headers: { 'x-shop': 1 } }, { baseUrl }),
	'other declared events': ({ baseUrl }) => events('GET', '/', { events: 'any' }, { baseUrl }),
	'another loop': (server) => ticks(server).events(),
	'a callback': (server) => ticks(server, { onMessage: () => {} }),
	'a handler of one event': (server) => ticks(server, { on: { message: () => {} } }),
	'a signal': (server) => ticks(server, { signal: new AbortController().signal }),
	'a fetch': (server) => ticks(server, { fetch: (...values) => fetch(...values) }),
	'another method': (server) => ticks(server, {}, 'POST')
};

for (const [what, unequal] of Object.entries(UNEQUAL)) {
	test(`a stream with ${what} has its own connection`, async (t) => {
		const server = await serve(t, ticking);
		const [one, other] = [live(() => ticks(server)), live(() => unequal(server))];
		await Promise.all([until(t, () => one.items, are(2)), until(t, () => other.items, are(2))]);
		assert.equal(server.exchanges.length, 2);
	});
}

test('two readers never share a stream with callbacks, which are called', async (t) => {
	const server = await serve(t, ticking);
	const calls: string[] = [];
	const options: EventOptions<Tick> = {
		onOpen: () => calls.push('open'),
		onMessage: ({ value }) => calls.push(`tick ${value}`)
	};
	const [one, other] = [live(() => ticks(server, options)), live(() => ticks(server, options))];
	await Promise.all([until(t, () => one.items, are(2)), until(t, () => other.items, are(2))]);
	assert.deepEqual(calls.sort(), ['open', 'open', 'tick 1', 'tick 1', 'tick 2', 'tick 2']);
	assert.equal(server.exchanges.length, 2);
});

test('who comes back within a second finds it open, with its items', async (t) => {
	const server = await serve(t, ticking);
	const reading = read(t, () => clock.items);
	const clock = live(() => ticks(server));
	await reading.until(are(2));
	reading.leave();
	await sleep(500);

	const again = live(() => ticks(server));
	assert.deepEqual(await read(t, () => again.items).until(() => true), [1, 2]);
	(await server.exchange(0)).response.write('id: 3\ndata: 3\n\n');
	await until(t, () => again.items, are(3));
	await sleep(1_200); // the second of the first leaving is over
	assert.equal(again.status, 'open');
	assert.equal(server.exchanges.length, 1);
});

test('it closes a second after its last reader went, and starts anew then', async (t) => {
	const server = await serve(t, ticking);
	const clock = live(() => ticks(server));
	const [first, last] = [read(t, () => clock.items), read(t, () => clock.status)];
	await first.until(are(2));
	first.leave();
	await sleep(1_200);
	assert.equal(clock.status, 'open');

	const left = performance.now();
	last.leave();
	await (
		await server.exchange(0)
	).closed;
	assert.ok(performance.now() - left > 900);
	assert.deepEqual([clock.items, clock.status], [[], 'idle']);

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

test('it follows the values that the function uses', async (t) => {
	const server = await serve(t, (exchange) => {
		const room = new URL(exchange.request.url ?? '', server.baseUrl).searchParams.get('room');
		startEvents(exchange, `data: "in ${room}"\n\n`);
	});
	const { baseUrl } = server;
	const room = state(1);
	const chat = live(
		() => room.value && events('GET', '/', { query: { room: room.value } }, { baseUrl })
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
	await sleep(50);
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

test('ten thousands of records are shown once a frame', async (t) => {
	const count = 50_000;
	const server = await serve(t, (exchange) => {
		lines(exchange, ...Array(count).keys());
		exchange.response.end();
	});
	const list = live(() => records<number>('GET', '/', {}, { baseUrl: server.baseUrl }));
	const before = lastFrame;
	const items = read(t, () => list.items);
	await items.until(are(count));
	assert.equal(list.items.at(-1), count - 1);
	assert.ok(items.seen.length <= lastFrame - before + 2, `${items.seen.length} changes`);
	assert.equal(new Set(items.seen).size, items.seen.length);
});

test('a hidden tab goes on, and shows all at once when it is seen again', async (t) => {
	const server = await serve(t, ticking);
	const clock = live(() => ticks(server));
	const items = read(t, () => clock.items);
	await items.until(are(2));
	tab.isShown = false;
	t.after(() => (tab.isShown = true));
	const { response } = await server.exchange(0);
	response.write('id: 3\ndata: 3\n\n');
	await items.until(are(3)); // without a frame
	response.write('id: 4\ndata: 4\n\n');
	await sleep(100);
	assert.equal(items.latest?.length, 3);
	tab.isShown = true;
	draw();
	assert.deepEqual(await items.until(are(4)), [1, 2, 3, 4]);
});

test('maxItems keeps the newest, for each reader as many as it wants', async (t) => {
	const server = await serve(t, (exchange) => lines(exchange, ...Array(1_000).keys()));
	const list = () => records<number>('GET', '/', {}, { baseUrl: server.baseUrl });
	const [few, some] = [live(list, { maxItems: 3 }), live(list, { maxItems: 5, initial: [-1] })];
	await Promise.all([until(t, () => few.current, is(999)), until(t, () => some.current, is(999))]);
	assert.deepEqual(few.items, [997, 998, 999]);
	assert.deepEqual(some.items, [995, 996, 997, 998, 999]);
	const all = live(list);
	assert.equal((await until(t, () => all.items, are(1_000)))[0], 0);
});

test('what is not GET is sent once, and again when asked', async (t) => {
	const server = await serve(t, ticking);
	const reply = live(() => ticks(server, {}, 'POST'));
	const reading = read(t, () => reply.items);
	await reading.until(are(2));
	reading.leave();
	await (
		await server.exchange(0)
	).closed;

	const again = read(t, () => [reply.status, reply.items.length]);
	// not 'closed' without an error, which would look as if it were complete
	await again.until(([status, length]) => status === 'idle' && length === 2);
	again.leave();
	assert.equal(server.exchanges.length, 1);
	reply.reconnect(); // when it is read
	await until(t, () => reply.status, is('open'));
	assert.equal(server.exchanges.length, 2);
});

test('nobody is given what was asked for before another configure()', async (t) => {
	const server = await serve(t, (exchange) => lines(exchange, exchange.request.headers['x-user']));
	t.after(() => configure({ headers: undefined }));
	const mail = () =>
		live(() => records<string>('GET', '/', {}, { baseUrl: server.baseUrl }));
	configure({ headers: { 'x-user': 'ada' } });
	const before = mail();
	const reading = read(t, () => before.items);
	assert.deepEqual(await reading.until(are(1)), ['ada']);
	configure({ headers: { 'x-user': 'grace' } });
	reading.leave();
	const after = mail();
	assert.deepEqual(await until(t, () => after.items, are(1)), ['grace']);
});

test('what has failed is asked for again by who comes next', async (t) => {
	const server = await serve(t, ({ response }, index) => {
		response.writeHead(index === 0 ? 401 : 204).end();
	});
	const source = () => records('GET', '/', {}, { baseUrl: server.baseUrl });
	const first = live(source);
	const reading = read(t, () => first.error);
	await reading.until((error) => error !== undefined);
	reading.leave();
	const second = live(source);
	await until(t, () => [second.status, second.error] as const, ([status, error]) => {
		return status === 'closed' && error === undefined;
	});
	assert.equal(server.exchanges.length, 2);
});

test('initial items stand before those of the stream', async (t) => {
	const server = await serve(t, ticking);
	const one = live(() => ticks(server), { initial: -1 });
	const nothing = live(() => undefined as LiveSource<number> | undefined, { initial: [-2, -1] });
	assert.deepEqual([one.current, one.items], [-1, [-1]]);
	assert.deepEqual(await until(t, () => one.items, are(3)), [-1, 1, 2]);
	assert.equal(one.current, 2);
	assert.deepEqual([nothing.current, nothing.items, nothing.status], [-1, [-2, -1], 'idle']);
});

test('an item may be null', async (t) => {
	const server = await serve(t, (exchange) => lines(exchange, null));
	const source = () => records('GET', '/', {}, { baseUrl: server.baseUrl });
	const list = live(source, { initial: 'none yet' });
	await until(t, () => list.items, are(2));
	assert.equal(list.current, null);
});

test('initial items may follow the data of a page', async (t) => {
	const data = state<readonly number[] | undefined>([1]);
	const clock = live<number>(() => null, { initial: () => data.value });
	const items = read(t, () => clock.items);
	await items.until(are(1));
	data.value = [1, 2];
	await items.until(are(2));
	data.value = undefined;
	await items.until(are(0));
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
	const broken = live(() => events('GET', '/{room}', { path: { room: '..' } }));
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

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
const holds = <_ extends true>() => {};

test('an item has the type that a loop would give it', () => {
	type Named = ServerEvent<'token', { text: string }> | ServerEvent<'usage', { tokens: number }>;
	const question = '' as string;
	const chat = live(() => question && events<Named>('POST', '/', {}));
	holds<Same<typeof chat.current, { text: string } | { tokens: number } | undefined>>();
	const named = live(() => question && events<Named>('POST', '/', {}).events());
	holds<Same<typeof named.items, readonly Named[]>>();
	const list = live(() => records<{ id: number }>('GET', '/', {}), { initial: [{ id: 1 }] });
	holds<Same<typeof list.items, readonly { id: number }[]>>();
	const log = live(() => text('GET', '/', {}).lines(), { initial: 'started', maxItems: 9 });
	holds<Same<typeof log.current, string | undefined>>();
	const file = live(() => download('GET', '/', {}));
	holds<Same<typeof file.current, Uint8Array<ArrayBuffer> | undefined>>();
	// @ts-expect-error: an item is a number
	live(() => records<number>('GET', '/', {}), { initial: 'none' });
	// @ts-expect-error: no stream
	assert.throws(() => live(() => [1, 2]).items);
});
