// The items of live(): once a frame, no more than wanted, after those of `load`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as macrotask } from 'node:timers/promises';
import type { LiveSource } from '../../scaffolds/client/typescript/live.svelte.ts';
import { records } from '../../scaffolds/client/typescript/runtime.ts';
import {
	are,
	awaitedFrames,
	draw,
	is,
	lines,
	live,
	read,
	state,
	stopTime,
	tab,
	ticking,
	ticks,
	until
} from './live.page.ts';
import { serve, type Answer } from './server.ts';

test('ten thousands of records are shown once a frame', async (t) => {
	const count = 50_000;
	const server = await serve(t, (exchange) => {
		lines(exchange, ...Array(count).keys());
		exchange.response.end();
	});
	const list = live(() => records<number>('GET', '/', {}, { baseUrl: server.baseUrl }));
	const before = tab.frames;
	const items = read(t, () => list.items);
	await items.until(are(count));
	assert.equal(list.items.at(-1), count - 1);
	assert.ok(items.seen.length <= tab.frames - before + 2, `${items.seen.length} changes`);
	assert.equal(new Set(items.seen).size, items.seen.length);
});

test('a hidden tab goes on, and shows all at once when it is seen again', async (t) => {
	const server = await serve(t, ticking);
	let passedOn = 0;
	const onMessage = () => void (passedOn += 1);
	const clock = live(() => ticks(server, { onMessage }));
	const items = read(t, () => clock.items);
	await items.until(are(2));
	const pass = stopTime(t);
	tab.isShown = false;
	t.after(() => (tab.isShown = true));
	const { response } = await server.exchange(0);
	for (let number = 3; number < 6; number++) {
		response.write(`data: ${number}\n\n`);
		while (passedOn < number) await macrotask();
		assert.equal(items.latest?.length, number - 1);
		assert.equal(awaitedFrames.size, 1); // however long it is hidden
		pass(1_000);
		await items.until(are(number)); // without a frame
	}
	response.write('data: 6\n\n');
	while (passedOn < 6) await macrotask();
	assert.equal(items.latest?.length, 5);
	tab.isShown = true;
	draw();
	assert.deepEqual(await items.until(are(6)), [1, 2, 3, 4, 5, 6]);
});

const thousand: Answer = (exchange) => lines(exchange, ...Array(1_000).keys());

test('max keeps the newest, also of the initial ones', async (t) => {
	const server = await serve(t, thousand);
	const source = () => records<number>('GET', '/', {}, { baseUrl: server.baseUrl });
	const [few, some] = [
		live(source, { max: 3 }),
		live(source, { max: 5, initial: Array(9).fill(-1) })
	];
	assert.equal(some.items.length, 5);
	await Promise.all([until(t, () => few.current, is(999)), until(t, () => some.current, is(999))]);
	assert.deepEqual(few.items, [997, 998, 999]);
	assert.deepEqual(some.items, [995, 996, 997, 998, 999]);
});

for (const [max, kept] of [
	[0, [999]],
	[-1, [999]],
	[NaN, [999]],
	[2.9, [998, 999]]
] as const) {
	test(`max of ${max} keeps ${kept.length}`, async (t) => {
		const server = await serve(t, thousand);
		const source = () => records<number>('GET', '/', {}, { baseUrl: server.baseUrl });
		const list = live(source, { max, initial: [-2, -1] });
		await until(t, () => list.current, is(999));
		assert.deepEqual(list.items, kept);
	});
}

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

test('the list is the same until there are more', async (t) => {
	const server = await serve(t, ticking);
	const clock = live(() => ticks(server), { initial: [0] });
	assert.equal(clock.items, clock.items);
	await until(t, () => clock.items, are(3));
	assert.equal(clock.items, clock.items);
});
