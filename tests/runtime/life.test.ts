// The life of a stream against a real server: it starts, is left, breaks, goes on, and ends once.

import assert from 'node:assert/strict';
import { getEventListeners, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { test, type TestContext } from 'node:test';
import {
	ApiError,
	ConnectionError,
	DataError,
	events,
	records,
	type EventStream,
	type ServerEvent
} from '../../scaffolds/client/typescript/runtime.ts';
import { cut, fetchOf, serve, startEvents } from './server.ts';

const TICKS = 'id: 1\ndata: 1\n\nid: 2\ndata: 2\n\n';

test('without callbacks nothing is sent before the first iteration', async (t) => {
	const server = await serve(t, (exchange) => startEvents(exchange, TICKS));
	const stream = events('GET', '/', {}, server);
	assert.equal(stream.state, 'idle');
	stream.close();
	assert.deepEqual(await Array.fromAsync(stream), []);
	assert.equal(server.exchanges.length, 0);
});

test('with a callback it starts by itself, and not before it could be closed', async (t) => {
	const server = await serve(t, (exchange) => startEvents(exchange, TICKS));
	const stream = events('GET', '/', {}, { ...server, onOpen: () => assert.fail('it opened') });
	stream.close();
	assert.deepEqual(await stream.closed, { reason: 'closed' });
	assert.equal(server.exchanges.length, 0);

	const opened = new Promise<void>((onOpen) => {
		const untouched = events('GET', '/', {}, { ...server, onOpen });
		t.after(() => untouched.close());
	});
	await opened;
	assert.equal(server.exchanges.length, 1);
});

for (const leave of ['break', 'return', 'throw'] as const) {
	test(`leaving the loop by ${leave} closes the connection at once`, async (t) => {
		const server = await serve(t, (exchange) => startEvents(exchange, TICKS));
		const stream = events('GET', '/', {}, server);
		await readOne(stream, leave).catch((error: Error) => assert.equal(error.message, 'left'));
		assert.equal(stream.state, 'closed');
		await (
			await server.exchange(0)
		).closed;
		assert.deepEqual(await stream.closed, { reason: 'closed' });
	});
}

async function readOne(stream: EventStream, leave: 'break' | 'return' | 'throw'): Promise<void> {
	for await (const _ of stream) {
		if (leave === 'break') break;
		if (leave === 'return') return;
		throw new Error('left');
	}
}

test('close() ends a waiting loop quietly', async (t) => {
	const server = await serve(t, (exchange) => startEvents(exchange));
	const onOpen = () => queueMicrotask(() => stream.close());
	const stream: EventStream = events('GET', '/', {}, { ...server, onOpen });
	assert.deepEqual(await Array.fromAsync(stream), []);
	await (
		await server.exchange(0)
	).closed;
});

test('close() ends a loop at once also when the given fetch heeds no signal', async () => {
	const never = () => new Promise<never>(() => {});
	const stream = events('GET', '/', {}, { fetch: never });
	const next = stream[Symbol.asyncIterator]().next();
	stream.close();
	assert.deepEqual(await next, { done: true, value: undefined });
});

test('a body that heeds no signal is cancelled, before and after the stream is open', async () => {
	for (const isEarly of [true, false]) {
		const answer = Promise.withResolvers<Response>();
		const cancelled = Promise.withResolvers<void>();
		const body = new ReadableStream({ cancel: () => cancelled.resolve() });
		const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } });
		const onOpen = () => (isEarly ? assert.fail('it opened') : stream.close());
		const fetch = () => answer.promise;
		const stream: EventStream = events('GET', '/', {}, { fetch, onOpen });
		if (isEarly) setImmediate(() => stream.close());
		setImmediate(() => answer.resolve(response));
		await cancelled.promise;
		assert.deepEqual(await stream.closed, { reason: 'closed' });
	}
});

test('closing in a callback keeps the item from the loop', async () => {
	const fetch = fetchOf([new TextEncoder().encode(TICKS)], 'text/event-stream');
	const onMessage = ({ value }: ServerEvent) => value === 2 && stream.close();
	const stream: EventStream = events('GET', '/', {}, { fetch, onMessage });
	assert.deepEqual(await Array.fromAsync(stream), [1]);
});

test('an aborted signal makes the loop throw its reason', async (t) => {
	const server = await serve(t, (exchange) => startEvents(exchange, TICKS));
	const controller = new AbortController();
	const reason = new Error('the page went');
	const stream = events('GET', '/', {}, { ...server, signal: controller.signal });
	const seen: unknown[] = [];
	const loop = (async () => {
		for await (const value of stream) if (seen.push(value) === 2) controller.abort(reason);
	})();
	await assert.rejects(loop, reason);
	assert.deepEqual(seen, [1, 2]);
	assert.deepEqual(await stream.closed, { reason: 'aborted', error: reason });
	await (
		await server.exchange(0)
	).closed;
	assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
});

test('a signal that has aborted before sends nothing', async (t) => {
	const server = await serve(t, (exchange) => startEvents(exchange, TICKS));
	const signal = AbortSignal.abort();
	const stream = events('GET', '/', {}, { ...server, signal });
	await assert.rejects(Array.fromAsync(stream), { name: 'AbortError' });
	assert.equal(server.exchanges.length, 0);
});

test('a signal that aborts before the first iteration closes the stream', async () => {
	const controller = new AbortController();
	const stream = events('GET', '/', {}, { signal: controller.signal });
	controller.abort('gone');
	assert.deepEqual(await stream.closed, { reason: 'aborted', error: 'gone' });
	await assert.rejects(Array.fromAsync(stream), (error) => error === 'gone');
});

test('an abort calls neither onError nor onComplete', async (t) => {
	const server = await serve(t, (exchange) => startEvents(exchange, TICKS));
	const controller = new AbortController();
	const stream = events(
		'GET',
		'/',
		{},
		{
			...server,
			signal: controller.signal,
			onMessage: () => controller.abort(),
			onError: () => assert.fail('onError'),
			onComplete: () => assert.fail('onComplete')
		}
	);
	assert.equal((await stream.closed).reason, 'aborted');
});

test('a clean end is final, and completes', async (t) => {
	const server = await serve(t, (exchange) => {
		startEvents(exchange, TICKS);
		exchange.response.end();
	});
	const calls: unknown[] = [];
	const stream = events(
		'GET',
		'/',
		{},
		{
			...server,
			onOpen: () => calls.push('open'),
			onMessage: ({ value }) => calls.push(value),
			onError: () => calls.push('error'),
			onComplete: () => calls.push('complete')
		}
	);
	assert.deepEqual(await stream.closed, { reason: 'complete' });
	assert.deepEqual(calls, ['open', 1, 2, 'complete']);
	assert.equal(server.exchanges.length, 1);
});

test('a lost connection is taken up again after the last event', async (t) => {
	const server = await serve(t, (exchange, index) => {
		startEvents(exchange, index === 0 ? `retry: 1\n${TICKS}id: 3\nda` : 'id: 3\ndata: 3\n\n');
		if (index > 0) exchange.response.end();
	});
	const states: string[] = [];
	const stream: EventStream = events(
		'GET',
		'/',
		{},
		{
			...server,
			onOpen: () => states.push(`open: ${stream.state}`),
			onError: ({ kind }) => states.push(`${kind}: ${stream.state}`)
		}
	);
	const values: unknown[] = [];
	for await (const value of stream) {
		if (values.push(value) === 2) cut(await server.exchange(0));
	}
	assert.deepEqual(values, [1, 2, 3]);
	assert.deepEqual(states, ['open: open', 'transport: reconnecting', 'open: open']);
	assert.equal((await server.exchange(1)).request.headers['last-event-id'], '2');
});

test('a stream is reconnecting until it is open again', async () => {
	const states: string[] = [];
	const fetch = async () => {
		states.push(stream.state);
		const status = states.length < 3 ? 200 : 204;
		const body = status === 200 ? 'retry: 1\ndata: 1\n\n' : null;
		return new Response(body, { status, headers: { 'content-type': 'text/event-stream' } });
	};
	const stream: EventStream = events('GET', '/', {}, { fetch, reconnect: 'always' });
	assert.deepEqual(await Array.fromAsync(stream), [1, 1]);
	assert.deepEqual(states, ['connecting', 'reconnecting', 'reconnecting']);
});

test('an event is parsed once, and counts when it is taken', async () => {
	const chunks = [new TextEncoder().encode('id: 1\ndata: {}\n\nid: 2\ndata: {\n\n')];
	const fetch = fetchOf(chunks, 'text/event-stream');
	const stream = events('GET', '/', {}, { fetch, lastEventId: '0' });
	const loop = stream.events();
	assert.equal(stream.lastEventId, '0');
	const { value: first } = await loop.next();
	assert.equal(first?.value, first?.value);
	assert.deepEqual(first?.value, {});
	assert.equal(stream.lastEventId, '1');
	const { value: second } = await loop.next();
	for (const _ of 'ab') assert.throws(() => second?.value, DataError);
	assert.equal(stream.lastEventId, '2');
});

test('lastEventId in the options starts there', async (t) => {
	const server = await serve(t, (exchange) => exchange.response.writeHead(204).end());
	const stream = events('GET', '/', {}, { ...server, lastEventId: '…7' });
	assert.deepEqual(await Array.fromAsync(stream), []);
	const { headers } = (await server.exchange(0)).request;
	assert.equal(Buffer.from(String(headers['last-event-id']), 'latin1').toString(), '…7');
});

for (const method of ['POST', 'PATCH']) {
	test(`a ${method} is not sent again by itself`, async (t) => {
		const server = await serve(t, (exchange) => startEvents(exchange, TICKS));
		const stream = events(method, '/', { body: {} }, server);
		await assert.rejects(cutAfterTwo(stream, server.exchange(0)), { kind: 'transport' });
		assert.equal(server.exchanges.length, 1);
	});
}

test('a POST is sent again when asked', async (t) => {
	const server = await serve(t, (exchange, index) => {
		startEvents(exchange, `retry: 1\n${TICKS}`);
		if (index > 0) exchange.response.end();
	});
	const stream = events('POST', '/', { body: {} }, { ...server, reconnect: 'lost' });
	assert.deepEqual(await cutAfterTwo(stream, server.exchange(0)), [1, 2, 1, 2]);
});

async function cutAfterTwo(stream: EventStream, first: Promise<Parameters<typeof cut>[0]>) {
	const values: unknown[] = [];
	for await (const value of stream) if (values.push(value) === 2) cut(await first);
	return values;
}

test('JSON lines that break off are an error, and never start over by themselves', async (t) => {
	const server = await serve(t, (exchange) => {
		exchange.response.writeHead(200, { 'content-type': 'application/jsonl' });
		exchange.response.write('1\n2\n');
	});
	const stream = records('GET', '/', {}, server);
	const seen: unknown[] = [];
	const loop = (async () => {
		for await (const item of stream) if (seen.push(item) === 2) cut(await server.exchange(0));
	})();
	await assert.rejects(loop, (e) => e instanceof ConnectionError && e.kind === 'transport');
	assert.deepEqual(seen, [1, 2]);
	assert.equal(server.exchanges.length, 1);
});

test('502, 503 and 504 are waited out once the stream has been open, 500 is not', async (t) => {
	const statuses = [200, 503, 502, 504, 500];
	const server = await serve(t, (exchange, index) => {
		if (index > 0) exchange.response.writeHead(statuses[index] ?? 500).end('down');
		else startEvents(exchange, `retry: 1\n${TICKS}`);
	});
	const seen: unknown[] = [];
	const stream = events(
		'GET',
		'/',
		{},
		{
			...server,
			onMessage: async ({ value }) => value === 2 && cut(await server.exchange(0)),
			onError: (error) => seen.push(error instanceof ApiError ? error.status : error.kind)
		}
	);
	const end = await stream.closed;
	assert.deepEqual(seen, ['transport', 503, 502, 504, 500]);
	assert.ok(end.reason === 'error' && end.error instanceof ApiError);
	assert.equal(end.error.body, 'down');
	assert.equal(server.exchanges.length, 5);
});

test('a first answer of 503 is final, and so is a server that cannot be reached', async (t) => {
	const server = await serve(t, (exchange) => exchange.response.writeHead(503).end());
	await assert.rejects(Array.fromAsync(events('GET', '/', {}, server)), { status: 503 });
	assert.equal(server.exchanges.length, 1);
	const nowhere = events('GET', '/', {}, { fetch: () => Promise.reject(new TypeError('refused')) });
	await assert.rejects(Array.fromAsync(nowhere), { kind: 'unreachable' });
});

test('204 ends a stream that was taken up again', async (t) => {
	const server = await serve(t, (exchange, index) => {
		if (index > 0) exchange.response.writeHead(204).end();
		else startEvents(exchange, `retry: 1\n${TICKS}`);
	});
	const stream = events('GET', '/', {}, server);
	assert.deepEqual(await cutAfterTwo(stream, server.exchange(0)), [1, 2]);
	assert.deepEqual(await stream.closed, { reason: 'complete' });
});

for (const how of ['close', 'abort'] as const) {
	test(`${how} while waiting to reconnect ends at once`, async (t) => {
		const server = await serve(t, (exchange) => startEvents(exchange, 'retry: 60000\n\n'));
		const controller = new AbortController();
		const stream = events(
			'GET',
			'/',
			{},
			{
				...server,
				signal: controller.signal,
				onOpen: () => void server.exchange(0).then(cut),
				onError: () => (how === 'close' ? stream.close() : controller.abort())
			}
		);
		const { reason } = await stream.closed;
		assert.equal(reason, how === 'close' ? 'closed' : 'aborted');
		assert.equal(stream.state, 'closed');
	});
}

test('a loop reads only as fast as it takes', async () => {
	let pulled = 0;
	function* endless() {
		for (;;) yield new TextEncoder().encode(`data: ${++pulled}\n\n`);
	}
	const fetch = fetchOf(endless(), 'text/event-stream');
	const iterator = events('GET', '/', {}, { fetch })[Symbol.asyncIterator]();
	for (let i = 1; i <= 10; i++) {
		assert.deepEqual(await iterator.next(), { done: false, value: i });
		await new Promise((resolve) => setImmediate(resolve));
		assert.equal(pulled, i);
	}
	await iterator.return?.();
});

test('a loop that stops stops the server', async (t) => {
	const chunk = `data: "${'x'.repeat(2 ** 16)}"\n\n`;
	const server = await serve(t, (exchange) => startEvents(exchange));
	const iterator = events('GET', '/', {}, server)[Symbol.asyncIterator]();
	const first = iterator.next();
	const { response, closed } = await server.exchange(0);
	// Buffers on the way take some of it: hundreds of megabytes they do not.
	let sent = 0;
	while (sent < 1000 && (response.write(chunk) || (await drained(response)))) sent++;
	await first;
	assert.ok(sent < 1000);
	await iterator.return?.();
	await closed;
});

/** False when nothing flows for a while. */
async function drained(response: ServerResponse): Promise<boolean> {
	const signal = AbortSignal.timeout(300);
	return once(response, 'drain', { signal }).then(
		() => true,
		() => false
	);
}

for (const reader of ['a loop', 'callbacks']) {
	test(`items before a failure reach ${reader} before it`, async () => {
		const fetch = fetchOf([new TextEncoder().encode('1\n2\n!\n')], 'application/jsonl');
		const seen: unknown[] = [];
		if (reader === 'a loop') {
			try {
				for await (const item of records('GET', '/', {}, { fetch })) seen.push(item);
			} catch (error) {
				seen.push(error instanceof DataError && error.kind);
			}
		} else {
			const onChunk = (item: unknown) => seen.push(item);
			const onError = ({ kind }: { kind: string }) => seen.push(kind);
			await records('GET', '/', {}, { fetch, onChunk, onError }).closed;
		}
		assert.deepEqual(seen, [1, 2, 'invalid_json']);
	});
}

test('a stream that failed before the loop makes the loop throw', async () => {
	const fetch = fetchOf([new TextEncoder().encode('!\n')], 'application/jsonl');
	const stream = records('GET', '/', {}, { fetch, onError: () => {} });
	await stream.closed;
	await assert.rejects(Array.fromAsync(stream), { kind: 'invalid_json' });
});

test('callbacks and a loop see the same items, in the pace of the loop', async (t) => {
	const server = await serve(t, (exchange) => {
		startEvents(exchange, TICKS);
		exchange.response.end();
	});
	const order: unknown[] = [];
	const stream = events(
		'GET',
		'/',
		{},
		{
			...server,
			onMessage: ({ value }) => order.push(`callback ${value}`)
		}
	);
	for await (const value of stream) order.push(value);
	assert.deepEqual(order, ['callback 1', 1, 'callback 2', 2]);
});

test('a callback that throws is reported and does not end the stream', async (t) => {
	const reported = uncaught(t);
	const fetch = fetchOf([new TextEncoder().encode(TICKS)], 'text/event-stream');
	const mistake = new Error('a mistake of the page');
	const onMessage = () => {
		throw mistake;
	};
	const stream = events('GET', '/', {}, { fetch, onMessage });
	assert.deepEqual(await stream.closed, { reason: 'complete' });
	assert.deepEqual(reported, [mistake, mistake]);
});

test('a callback that rejects later is reported, too', async (t) => {
	const mistake = new Error('a mistake of the page');
	const reported = uncaught(t);
	const fetch = fetchOf([new TextEncoder().encode(TICKS)], 'text/event-stream');
	const onComplete = () => Promise.reject(mistake);
	await events('GET', '/', {}, { fetch, onComplete }).closed;
	while (!reported.length) await new Promise(setImmediate);
	assert.deepEqual(reported, [mistake]);
});

/** What is thrown where nobody catches it: Node would end the test for it. */
function uncaught(t: TestContext): unknown[] {
	const errors: unknown[] = [];
	const { queueMicrotask: queue } = globalThis;
	t.mock.method(globalThis, 'queueMicrotask', (task: () => void) =>
		queue(() => {
			try {
				task();
			} catch (error) {
				errors.push(error);
			}
		})
	);
	return errors;
}

test('names of the server run no handler but their own', async () => {
	const names = ['error', 'open', '__proto__', 'constructor', 'close'];
	const text = names.map((name) => `event: ${name}\ndata: 1\n\n`).join('');
	const seen: string[] = [];
	const stream = events(
		'GET',
		'/',
		{ events: { ['__proto__']: 'json', open: 'json' } },
		{
			fetch: fetchOf([new TextEncoder().encode(text)], 'text/event-stream'),
			on: { open: () => seen.push('on open') },
			onOpen: () => seen.push('opened'),
			onError: () => seen.push('failed'),
			onMessage: ({ type }) => seen.push(type),
			onUnknown: ({ type }) => seen.push(`unknown ${type}`)
		}
	);
	assert.deepEqual(await stream.closed, { reason: 'complete' });
	assert.deepEqual(seen, [
		'opened',
		'unknown error',
		'on open',
		'open',
		'__proto__',
		'unknown constructor',
		'unknown close'
	]);
});

test('unknown names never reach the loop', async () => {
	const text = 'event: other\ndata: {\n\ndata: 1\n\nevent: other\ndata: 2\n\n';
	const fetch = fetchOf([new TextEncoder().encode(text)], 'text/event-stream');
	assert.deepEqual(await Array.fromAsync(events('GET', '/', {}, { fetch })), [1]);
});

test('the encoding of each name is that of the route', async () => {
	const text = 'event: note\ndata: 1\n\ndata: 2\n\n';
	const read = (parts: Parameters<typeof events>[2]) => {
		const fetch = fetchOf([new TextEncoder().encode(text)], 'text/event-stream');
		return Array.fromAsync(events('GET', '/', parts, { fetch }));
	};
	assert.deepEqual(await read({ events: { note: 'text', message: 'json' } }), ['1', 2]);
	assert.deepEqual(await read({ events: 'any' }), [1, 2]);
});

test('data that is not what was declared ends a loop over values, not one over events', async () => {
	const chunk = new TextEncoder().encode('data: 1\n\ndata: {oops\n\ndata: 3\n\n');
	const stream = events('GET', '/', {}, { fetch: fetchOf([chunk], 'text/event-stream') });
	const values: unknown[] = [];
	await assert.rejects(
		async () => {
			for await (const value of stream) values.push(value);
		},
		(error) => error instanceof DataError && error.kind === 'invalid_json'
	);
	assert.deepEqual(values, [1]);
	assert.equal((await stream.closed).reason, 'error');

	const again = events('GET', '/', {}, { fetch: fetchOf([chunk], 'text/event-stream') });
	const data = (await Array.fromAsync(again.events())).map((event: ServerEvent) => event.data);
	assert.deepEqual(data, ['1', '{oops', '3']);
});

test('a stream is read once', async () => {
	const fetch = fetchOf([new TextEncoder().encode(TICKS)], 'text/event-stream');
	const stream = events('GET', '/', {}, { fetch });
	assert.deepEqual(await Array.fromAsync(stream), [1, 2]);
	assert.throws(() => stream.events(), TypeError);
});

test('calls to next() that do not wait for each other are answered in order', async () => {
	const chunks = [...TICKS].map((character) => new TextEncoder().encode(character));
	const fetch = fetchOf(chunks, 'text/event-stream');
	const iterator = events('GET', '/', {}, { fetch })[Symbol.asyncIterator]();
	const results = await Promise.all([iterator.next(), iterator.next(), iterator.next()]);
	assert.deepEqual(
		results.map(({ value }) => value),
		[1, 2, undefined]
	);
});

test('a connection whose pings stop is taken up again', async (t) => {
	const server = await serve(t, (exchange, index) => {
		startEvents(exchange, index === 0 ? 'retry: 1\ndata: 1\n\n' : 'data: 2\n\n');
		if (index > 0) return void exchange.response.end();
		let pings = 0;
		const timer = setInterval(() => {
			exchange.response.write(': ping\n\n');
			if (++pings === 4) clearInterval(timer);
		}, 50);
	});
	const lost: string[] = [];
	const stream = events('GET', '/', {}, { ...server, onError: ({ kind }) => lost.push(kind) });
	assert.deepEqual(await Array.fromAsync(stream), [1, 2]);
	assert.deepEqual(lost, ['idle']);
	await (
		await server.exchange(0)
	).closed;
});

test('a hundred streams that come and go leave no connection', async (t) => {
	const server = await serve(t, (exchange) => startEvents(exchange, TICKS));
	for (let i = 0; i < 100; i++) {
		for await (const _ of events('GET', '/', {}, server)) break;
	}
	await Promise.all(server.exchanges.map(({ closed }) => closed));
	assert.equal(server.exchanges.length, 100);
});

test('the server is told when a page leaves before the answer', async (t) => {
	const server = await serve(t, () => {});
	const stream = events('GET', '/', {}, { ...server, onMessage: () => {} });
	const { response } = await server.exchange(0);
	const left = once(response, 'close');
	stream.close();
	await left;
});

test('a sentinel ends the stream, though the server keeps its connection', async (t) => {
	const answer = `${TICKS}data: [DONE]\n\nid: 3\ndata: 3\n\n`;
	const server = await serve(t, (exchange) => startEvents(exchange, answer));
	const seen: string[] = [];
	const stream = events('GET', '/', { ends: ['[DONE]'] }, { ...server, reconnect: 'always' });
	for await (const event of stream.events()) seen.push(event.data);
	assert.deepEqual(seen, ['1', '2']);
	assert.deepEqual(await stream.closed, { reason: 'complete' });
	await (
		await server.exchange(0)
	).closed;
	assert.equal(server.exchanges.length, 1);
});

test('callbacks see no sentinel, and then the end', async (t) => {
	const server = await serve(t, (exchange) => startEvents(exchange, `${TICKS}data: [DONE]\n\n`));
	const seen: unknown[] = [];
	const stream = events(
		'GET',
		'/',
		{ ends: ['[DONE]'] },
		{
			...server,
			onMessage: (event) => seen.push(event.value),
			onUnknown: () => assert.fail('it is known'),
			onComplete: () => seen.push('complete')
		}
	);
	await stream.closed;
	assert.deepEqual(seen, [1, 2, 'complete']);
});

test('what only holds the text of a sentinel is an item', async (t) => {
	const server = await serve(t, (exchange) => {
		startEvents(exchange, 'data: "[DONE]"\n\ndata: [DONE]\n\n');
		exchange.response.end();
	});
	assert.deepEqual(await Array.fromAsync(events('GET', '/', { ends: ['[DONE]'] }, server)), [
		'[DONE]'
	]);
});
