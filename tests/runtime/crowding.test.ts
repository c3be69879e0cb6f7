// The warning, while you develop, that streams hold all connections of a browser.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

// Before the runtime looks where it is.
Reflect.set(globalThis, 'location', new URL('http://shop.example/items/'));

/** The module as a new page has it, and what it says on the console. */
async function newPage(t: TestContext) {
	const module = '../../scaffolds/client/typescript/runtime/crowding.ts';
	const address = new URL(`${module}?${t.name}`, import.meta.url).href;
	const { countStream } = (await import(
		address
	)) as typeof import('../../scaffolds/client/typescript/runtime/crowding.ts');
	const warn = t.mock.method(console, 'warn', () => {});
	const open = (address: string, count: number) =>
		Array.from({ length: count }, () => {
			const controller = new AbortController();
			countStream('GET /ticks', address, controller.signal);
			return controller;
		});
	const said = () => warn.mock.calls.map(({ arguments: [text] }) => String(text));
	return { open, said };
}

function loaded(t: TestContext, name: string, nextHopProtocol: string): void {
	const entries = (type: string) => (type === 'resource' ? [{ name, nextHopProtocol }] : []);
	t.mock.method(performance, 'getEntriesByType', entries);
}

test('the sixth stream is told of, once, with what to do', async (t) => {
	const page = await newPage(t);
	page.open('/api/ticks', 5);
	assert.deepEqual(page.said(), []);
	page.open('http://shop.example/api/ticks', 1);
	assert.equal(page.said().length, 1);
	assert.match(page.said()[0] ?? '', /^6 streams are open to http:\/\/shop\.example \(GET \/ticks/);
	assert.match(page.said()[0] ?? '', /live\(\).*close\(\).*HTTP\/2/);
	page.open('/api/ticks', 6);
	assert.equal(page.said().length, 1);
});

test('streams that closed, or are open to another origin, do not count', async (t) => {
	const page = await newPage(t);
	page.open('http://other.example/ticks', 3);
	for (let i = 0; i < 20; i++) for (const stream of page.open('/api/ticks', 5)) stream.abort();
	page.open('/api/ticks', 5);
	assert.deepEqual(page.said(), []);
});

for (const [protocol, count] of [
	['h2', 0],
	['h3', 0],
	['', 0],
	['http/1.1', 1]
] as const) {
	test(`over TLS what was loaded tells the protocol: '${protocol}'`, async (t) => {
		const page = await newPage(t);
		loaded(t, 'https://api.example/items', protocol);
		page.open('https://api.example/ticks', 6);
		assert.equal(page.said().length, count);
	});
}

test('what another origin speaks tells nothing', async (t) => {
	const page = await newPage(t);
	loaded(t, 'https://api.example.org/items', 'http/1.1');
	page.open('https://api.example/ticks', 6);
	assert.deepEqual(page.said(), []);
});
