// Which readers of live() share one connection.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as macrotask } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Live, LiveSource } from '../../scaffolds/client/typescript/live.svelte.ts';
import {
	queryOf,
	configure,
	events,
	headersOf,
	records,
	text,
	type EventOptions
} from '../../scaffolds/client/typescript/runtime.ts';
import {
	are,
	feeds,
	is,
	lines,
	live,
	read,
	ticking,
	ticks,
	until,
	type Tick
} from './live.page.ts';
import { serve, startEvents, type Answer, type TestServer } from './server.ts';

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

test('the stream goes on when the component that opened it has left', async (t) => {
	const server = await serve(t, ticking);
	let made: Live<number> | undefined;
	// Made within the effect, as in a component.
	const first = read(t, () => (made ??= live(() => ticks(server))).current);
	await first.until(is(2));
	first.leave();
	const second = live(() => ticks(server));
	const late = read(t, () => second.items);
	(await server.exchange(0)).response.write('id: 3\ndata: 3\n\n');
	assert.deepEqual(await late.until(are(3)), [1, 2, 3]);
	assert.equal(second.current, 3);
	assert.equal(server.exchanges.length, 1);
});

const UNEQUAL: Record<string, (server: TestServer) => LiveSource<unknown>> = {
	'other headers': (server) => ticks(server, { headers: { 'x-shop': '1' } }),
	'another first event': (server) => ticks(server, { lastEventId: '7' }),
	'another address': ({ baseUrl }) =>
		events('GET', '/', { query: queryOf({ limit: 1 }) }, { baseUrl }),
	'other parameters in its headers': ({ baseUrl }) =>
		events('GET', '/', { headers: headersOf({ 'x-shop': 1 }) }, { baseUrl }),
	'other declared events': ({ baseUrl }) => events('GET', '/', { events: 'any' }, { baseUrl }),
	'another kind of answer': ({ baseUrl }) => text('GET', '/', {}, { baseUrl }),
	'another limit of events': (server) => ticks(server, { maxEventLength: 9 }),
	'no limit of events': (server) => ticks(server, { maxEventLength: Infinity }),
	'another way to reconnect': (server) => ticks(server, { reconnect: 'never' }),
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
		await Promise.all([
			until(t, () => one.items, are(2)),
			until(
				t,
				() => other.items,
				({ length }) => length > 0
			)
		]);
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

test('records with another limit have their own connection', async (t) => {
	const server = await serve(t, (exchange) => lines(exchange, 1, 2));
	const { baseUrl } = server;
	for (const maxLineBytes of [undefined, 9, Infinity]) {
		const list = live(() => records('GET', '/', {}, { baseUrl, maxLineBytes }));
		await until(t, () => list.items, are(2));
	}
	assert.equal(server.exchanges.length, 3);
});

test('who keeps more items does not join those that have dropped some', async (t) => {
	const server = await serve(t, (exchange) => lines(exchange, ...Array(50).keys()));
	const list = () => records<number>('GET', '/', {}, { baseUrl: server.baseUrl });
	const [few, all] = [live(list, { max: 3 }), live(list)];
	await until(t, () => few.items, are(3));
	assert.deepEqual(await until(t, () => all.items, are(50)), [...Array(50).keys()]);
	assert.equal(server.exchanges.length, 2);
});

const greeting: Answer = (exchange) =>
	startEvents(exchange, `data: "mail of ${exchange.request.headers.authorization}"\n\n`);

test('who comes after configure() shares nothing with who was there before', async (t) => {
	const server = await serve(t, greeting);
	t.after(() => configure({ headers: {} }));
	configure({ headers: { authorization: 'ada' } });
	const hers = live(() => ticks(server));
	const reading = read(t, () => hers.items);
	await reading.until(are(1));
	reading.leave();
	configure({ headers: { authorization: 'grace' } });
	const other = live(() => ticks(server));
	const seen = read(t, () => other.items);
	assert.deepEqual(await seen.until(are(1)), ['mail of grace']);
	assert.deepEqual(seen.seen, [[], ['mail of grace']]);

	// and so does what comes back itself
	const back = read(t, () => hers.items);
	assert.deepEqual(await back.until(are(1)), ['mail of grace']);
	assert.deepEqual(back.seen, [[], ['mail of grace']]);
});

test('what nobody has any more is not remembered', async (t) => {
	const server = await serve(t, ticking);
	const count = feeds.size;
	for (let room = 0; room < 100; room++) {
		const { baseUrl } = server;
		void live(() => events('GET', '/', { query: queryOf({ room }) }, { baseUrl })).items;
	}
	assert.equal(feeds.size, count + 100);
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	while (feeds.size > count + 50) {
		collect();
		await macrotask();
	}
});
