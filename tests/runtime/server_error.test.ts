// Streams that fail on the server, which says so in its last event before it breaks off.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
	ConnectionError,
	events,
	ServerError,
	type EventOptions,
	type ServerEvent
} from '../../scaffolds/client/typescript/runtime.ts';
import { cut, fetchOf, serve, startEvents, type Exchange } from './server.ts';

const TICK = 'id: 1\ndata: 1\n\n';
const SAID = ':\nevent: fluidkit.error\ndata: {"message": "ValueError: boom"}\n\n';
const NAMED = ':\nevent: fluidkit.error\ndata: {"id": "1a2b3c4d"}\n\n';

/** A fetch that answers with the text, at once or byte by byte, and then breaks off. */
function failing(text: string, size = text.length): typeof fetch {
	const bytes = new TextEncoder().encode(text);
	const count = Math.ceil(bytes.length / size);
	const chunks = Array.from({ length: count }, (_, i) => bytes.slice(i * size, (i + 1) * size));
	return fetchOf(chunks, 'text/event-stream', 'reset');
}

/** The values that come before the error, and the error. */
async function readAll(text: string, size?: number): Promise<[unknown[], unknown]> {
	const stream = events('GET', '/ticks', {}, { fetch: failing(text, size) });
	const values: unknown[] = [];
	try {
		for await (const value of stream) values.push(value);
	} catch (error) {
		assert.deepEqual(await stream.closed, { reason: 'error', error });
		return [values, error];
	}
	return [values, undefined];
}

for (const size of [1, 7, 1000]) {
	test(`what was sent before it is delivered, then it is thrown, in chunks of ${size}`, async () => {
		const [values, error] = await readAll(TICK + SAID, size);
		assert.deepEqual(values, [1]);
		assert(error instanceof ServerError);
		assert.equal(error.kind, 'server');
		assert.equal(error.message, 'GET /ticks failed on the server: ValueError: boom');
		assert.equal(error.id, undefined);
	});
}

test('in production it has the id that the log has', async () => {
	const [, error] = await readAll(NAMED);
	assert(error instanceof ServerError);
	assert.equal(error.message, 'GET /ticks failed on the server: error 1a2b3c4d');
	assert.equal(error.id, '1a2b3c4d');
});

for (const half of ['data: {"text": "ha', 'data: 2\n', 'event: tick\ndata: 2\ndata', 'id: 2\nda']) {
	test(`half an event before it is not delivered: ${JSON.stringify(half)}`, async () => {
		const [values, error] = await readAll(TICK + half + SAID);
		assert.deepEqual(values, [1]);
		assert(error instanceof ServerError);
		assert.equal(error.message, 'GET /ticks failed on the server: ValueError: boom');
	});
}

for (const data of [
	'',
	'null',
	'7',
	'"text"',
	'[1]',
	'{"id": 7, "message": {}}',
	'{"__proto__":1}'
]) {
	test(`it is an error whatever it says: ${data || 'nothing'}`, async () => {
		const [values, error] = await readAll(`${TICK}event: fluidkit.error\ndata: ${data}\n\n`);
		assert.deepEqual(values, [1]);
		assert(error instanceof ServerError);
		assert.equal(error.message, 'GET /ticks failed on the server');
		assert.equal(error.id, undefined);
	});
}

test('control characters of the message are escaped', async () => {
	const [, error] = await readAll(
		'event: fluidkit.error\ndata: {"message": "E: \\u001b[31m\\u202e"}\n\n'
	);
	assert(error instanceof ServerError);
	assert.equal(error.message, 'GET /ticks failed on the server: E: \\u{1b}[31m\\u{202e}');
});

test('it reaches onError alone, once', async () => {
	const seen: string[] = [];
	const note = (name: string) => (event?: unknown) => {
		seen.push(event instanceof ServerError ? `${name} ${event.kind}` : name);
	};
	const options = {
		fetch: failing(TICK + SAID),
		onMessage: note('message'),
		onUnknown: note('unknown'),
		on: { 'fluidkit.error': note('on') },
		onError: note('error'),
		onComplete: note('complete')
	};
	await events<ServerEvent>('GET', '/', { events: 'any' }, options).closed;
	assert.deepEqual(seen, ['message', 'error server']);
});

test('after the text that ends a stream it is not read', async () => {
	const fetch = failing(`data: 1\n\ndata: [DONE]\n\n${SAID}`);
	const stream = events('GET', '/', { ends: ['[DONE]'] }, { fetch });
	assert.deepEqual(await Array.fromAsync(stream), [1]);
});

test('a connection that is lost is another error', async () => {
	const stream = events('POST', '/', {}, { fetch: failing(TICK) });
	await assert.rejects(
		Array.fromAsync(stream),
		(error) => error instanceof ConnectionError && error.kind === 'transport'
	);
});

function fail({ response }: Exchange): void {
	// the connection is lost after it, as the server breaks off
	response.write(SAID, () => response.destroy());
}

for (const method of ['GET', 'POST']) {
	for (const reconnect of ['never', 'lost', undefined] as const) {
		test(`${method} is not asked for again under ${reconnect}`, async (t) => {
			const server = await serve(t, (exchange) => {
				startEvents(exchange, TICK);
				fail(exchange);
			});
			const stream = events(method, '/', {}, { ...server, reconnect });
			await assert.rejects(Array.fromAsync(stream), ServerError);
			assert.equal(stream.state, 'closed');
			assert.equal(server.exchanges.length, 1);
		});
	}
}

test("under 'always' it is asked for again, after the last event, ever more rarely", async (t) => {
	const times: number[] = [];
	const server = await serve(t, (exchange, index) => {
		times.push(performance.now());
		startEvents(exchange, index === 0 ? TICK : '');
		if (index < 2) fail(exchange);
		else exchange.response.write('id: 2\ndata: 2\n\n');
	});
	const failures: unknown[] = [];
	const options: EventOptions = {
		...server,
		reconnect: 'always',
		onError: (error) => failures.push(error)
	};
	const stream = events('GET', '/', {}, options);
	const values: unknown[] = [];
	for await (const value of stream) {
		values.push(value);
		if (value === 2) break;
	}
	assert.deepEqual(values, [1, 2]);
	assert(failures.length === 2 && failures.every((error) => error instanceof ServerError));
	for (const { request } of server.exchanges.slice(1)) {
		assert.equal(request.headers['last-event-id'], '1');
	}
	const [first = 0, second = 0, third = 0] = times;
	assert(second - first >= 240 && third - second >= 490, String(times));
});
