// The body of an error: read as far as it comes in time, and never more than fits.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { ApiError, events, json, records } from '../../scaffolds/client/typescript/runtime.ts';
import { serve, startEvents, type Exchange } from './server.ts';

const LIMIT = 2 ** 20;

test('one that never ends is told of after seconds, with what had come', async (t) => {
	const server = await serve(t, neverEnding);
	t.mock.timers.enable({ apis: ['setTimeout'] });
	const answer = json('GET', '/', {}, { ...server, fetch: told(t) });
	const failure = assert.rejects(answer, (error) => {
		assert.ok(error instanceof ApiError);
		assert.deepEqual([error.status, error.body], [503, 'Back in a']);
		return true;
	});
	await arrived;
	t.mock.timers.tick(4_999);
	assert.equal(await pending(answer), true);
	t.mock.timers.tick(1);
	await failure;
	await (
		await server.exchange(0)
	).closed;
});

test('one that never ends holds no stream up: it goes on to reconnect', async (t) => {
	const server = await serve(t, (exchange, index) => {
		if (index === 1) return neverEnding(exchange);
		startEvents(exchange, `id: ${index}\ndata: ${index}\n\n`);
		if (index === 0) setImmediate(() => exchange.response.destroy());
	});
	t.mock.timers.enable({ apis: ['setTimeout'] });
	const stream = events('GET', '/', {}, { ...server, fetch: told(t, 2) });
	const loop = stream[Symbol.asyncIterator]();
	assert.equal((await loop.next()).value, 0);
	const next = loop.next();
	await tickUntil(t, () => server.exchanges.length === 2);
	await arrived;
	await tickUntil(t, () => server.exchanges.length === 3);
	assert.equal((await next).value, 2);
	stream.close();
});

test('one that is too long is cut, and the connection with it', async (t) => {
	const server = await serve(t, ({ response }) => {
		response.writeHead(500, { 'content-type': 'application/json' });
		const write = () => {
			while (!response.destroyed && response.write('"'.padEnd(2 ** 16, 'x')));
			if (!response.destroyed) response.once('drain', write);
		};
		write();
	});
	await assert.rejects(Array.fromAsync(records('GET', '/', {}, server)), (error) => {
		assert.ok(error instanceof ApiError);
		assert.equal(error.isJson, false);
		const { length } = String(error.body);
		assert.ok(length > LIMIT && length < 2 * LIMIT, `${length}`);
		return true;
	});
	await (
		await server.exchange(0)
	).closed;
});

test('one that ends is whole, whatever pieces it comes in', async (t) => {
	const detail = 'größe '.repeat(50_000);
	const server = await serve(t, async ({ response }) => {
		response.writeHead(409, { 'content-type': 'application/json' });
		const bytes = Buffer.from(JSON.stringify({ detail }));
		for (let start = 0; start < bytes.length; start += 10_007) {
			response.write(bytes.subarray(start, start + 10_007));
			await new Promise(setImmediate);
		}
		response.end();
	});
	await assert.rejects(json('GET', '/', {}, server), { status: 409, body: { detail } });
});

test('one that breaks off leaves the status, and what had come', async (t) => {
	const server = await serve(t, (exchange) => {
		neverEnding(exchange);
		setImmediate(() => exchange.response.destroy());
	});
	await assert.rejects(json('GET', '/', {}, server), { name: 'ApiError', status: 503 });
});

test('an aborted signal ends the wait for one at once', async (t) => {
	const server = await serve(t, neverEnding);
	const controller = new AbortController();
	const { signal } = controller;
	const answer = json('GET', '/', {}, { ...server, signal, fetch: told(t) });
	const failure = assert.rejects(answer, { name: 'AbortError' });
	await arrived;
	controller.abort();
	await failure;
	await (
		await server.exchange(0)
	).closed;
});

let arrived: Promise<unknown>;

/** Has `arrived` resolve when the beginning of the answer to that request is there. */
function told(_: TestContext, number = 1): typeof fetch {
	const { promise, resolve } = Promise.withResolvers<void>();
	arrived = promise.then(() => new Promise(setImmediate));
	let count = 0;
	return async (...request) => {
		const response = await fetch(...request);
		if (++count === number) resolve();
		return response;
	};
}

function neverEnding({ response }: Exchange): void {
	response.writeHead(503, { 'content-type': 'text/plain' });
	response.write('Back in a');
}

async function pending(promise: Promise<unknown>): Promise<boolean> {
	return Promise.race([
		promise.then(
			() => false,
			() => false
		),
		new Promise<boolean>((resolve) => setImmediate(resolve, true))
	]);
}

/** Lets time pass, and the network do its work, until that is so. */
async function tickUntil(t: TestContext, isSo: () => boolean): Promise<void> {
	while (!isSo()) {
		t.mock.timers.tick(100);
		await new Promise(setImmediate);
	}
}
