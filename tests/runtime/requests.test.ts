// JSON requests against a real server: answers, errors, headers, and what `configure` sets.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
	pathOf,
	ApiError,
	configure,
	ConnectionError,
	DataError,
	events,
	InvalidRequest,
	headersOf,
	json
} from '../../scaffolds/client/typescript/runtime.ts';
import { cut, serve, type Answer } from './server.ts';

test('JSON comes back as the value, an empty answer as undefined', async (t) => {
	const server = await serve(t, ({ request, response }) => {
		if (request.url === '/none') response.writeHead(204).end();
		else response.writeHead(200, JSON_TYPE).end('{"a":[1,null]}');
	});
	assert.deepEqual(await json('GET', '/value', {}, server), { a: [1, null] });
	assert.equal(await json('GET', '/none', {}, server), undefined);
});

test('the body is sent as JSON, unless there is none', async (t) => {
	const server = await serve(t, async ({ request, response }) => {
		const body = (await request.toArray()).join('');
		response.writeHead(200, JSON_TYPE);
		response.end(JSON.stringify([request.method, request.headers['content-type'] ?? null, body]));
	});
	const type = 'application/json';
	assert.deepEqual(await json('POST', '/', { body: { a: 1 } }, server), ['POST', type, '{"a":1}']);
	assert.deepEqual(await json('PUT', '/', { body: null }, server), ['PUT', type, 'null']);
	assert.deepEqual(await json('DELETE', '/', {}, server), ['DELETE', null, '']);
});

test('a 422 carries its parsed body, and a message without the values', async (t) => {
	const detail = [{ loc: ['query', 'secret'], msg: 'Field required' }];
	const server = await serve(t, ({ response }) => {
		response.writeHead(422, { ...JSON_TYPE, 'x-id': '7' }).end(JSON.stringify({ detail }));
	});
	const call = json('GET', '/{id}', { path: pathOf({ id: 'secret' }) }, server);
	await assert.rejects(call, (error) => {
		assert.ok(error instanceof ApiError);
		assert.equal(error.status, 422);
		assert.deepEqual(error.body, { detail });
		assert.equal(error.headers.get('x-id'), '7');
		assert.equal(error.message, 'GET /{id} answered 422');
		return true;
	});
});

test('an error that is not JSON keeps its text, and a detail goes into the message', async (t) => {
	const answers: [string, string][] = [
		['text/plain', '404'],
		['application/json', '{broken'],
		['application/json', '{"detail":"No such item"}']
	];
	const server = await serve(t, ({ response }, index) => {
		const [type, body] = answers[index] ?? ['', ''];
		response.writeHead(404, { 'content-type': type }).end(body);
	});
	await assert.rejects(json('GET', '/', {}, server), { status: 404, body: '404' });
	await assert.rejects(json('GET', '/', {}, server), { body: '{broken' });
	await assert.rejects(
		json('GET', '/', {}, server),
		/^ApiError: GET \/ answered 404: No such item$/
	);
});

test('what is not JSON is an error that names what it is', async (t) => {
	const server = await serve(t, ({ response }, index) => {
		const type = index === 0 ? 'text/html; charset=utf-8' : 'application/json';
		response.writeHead(200, { 'content-type': type }).end('<!doctype html>');
	});
	const failsWith = (kind: string) => (error: unknown) =>
		error instanceof DataError && error.kind === kind;
	await assert.rejects(json('GET', '/', {}, server), failsWith('content_type'));
	await assert.rejects(
		Array.fromAsync(events('POST', '/chat', {}, server)),
		/^DataError: content_type: POST \/chat answered application\/json$/
	);
	await assert.rejects(json('GET', '/', {}, server), failsWith('invalid_json'));
});

test('what the server says of an error is short in its message, and whole in its body', async (t) => {
	const detail = '\x1b'.repeat(300);
	const server = await serve(t, ({ response }) => {
		response.writeHead(400, JSON_TYPE).end(JSON.stringify({ detail }));
	});
	await assert.rejects(json('GET', '/', {}, server), (error) => {
		assert.ok(error instanceof ApiError);
		assert.match(error.message, /^GET \/ answered 400: (\\u\{1b\})+.{0,5}$/);
		assert.ok(error.message.length < 250);
		assert.deepEqual(error.body, { detail });
		return true;
	});
});

test('no answer, a cut answer and an abort are three different errors', async (t) => {
	const server = await serve(t, (exchange) => {
		if (exchange.request.url === '/unanswered') return;
		exchange.response.writeHead(200, JSON_TYPE);
		exchange.response.write('{"a":', () => cut(exchange));
	});
	const failsWith = (kind: string) => (error: unknown) =>
		error instanceof ConnectionError && error.kind === kind;
	await assert.rejects(json('GET', '/', {}, server), failsWith('transport'));
	const nowhere = { fetch: () => Promise.reject(new TypeError('fetch failed')) };
	await assert.rejects(json('GET', '/', {}, nowhere), failsWith('unreachable'));
	const controller = new AbortController();
	const { signal } = controller;
	const call = json('GET', '/unanswered', {}, { ...server, signal });
	await server.exchange(1);
	controller.abort();
	await assert.rejects(call, { name: 'AbortError' });
});

test('an abort while the body comes is no lost connection', async (t) => {
	const server = await serve(t, ({ response }) =>
		response.writeHead(200, JSON_TYPE).write('{"a":')
	);
	const controller = new AbortController();
	const fetch: typeof globalThis.fetch = async (...request) => {
		const response = await globalThis.fetch(...request);
		setImmediate(() => controller.abort());
		return response;
	};
	const call = json('GET', '/', {}, { ...server, fetch, signal: controller.signal });
	await assert.rejects(call, { name: 'AbortError' });
});

test('an abort while headers are awaited sends nothing', async (t) => {
	inPage(t);
	const controller = new AbortController();
	configure({
		headers: async () => {
			controller.abort();
			return {};
		}
	});
	let asked = 0;
	const fetch = async () => Response.json((asked += 1));
	const call = json('GET', '/x', {}, { fetch, signal: controller.signal });
	await assert.rejects(call, { name: 'AbortError' });
	assert.equal(asked, 0);
});

test('an abort waits neither for headers nor for onError that never come', async (t) => {
	inPage(t);
	const server = await serve(t, ({ response }) => response.writeHead(401).end());
	const called = async (aborting: (never: () => Promise<never>) => void) => {
		const controller = new AbortController();
		aborting(() => {
			setImmediate(() => controller.abort());
			return new Promise<never>(() => {});
		});
		return json('GET', '/', {}, { ...server, signal: controller.signal });
	};
	await assert.rejects(
		called((never) => configure({ headers: never })),
		{ name: 'AbortError' }
	);
	assert.equal(server.exchanges.length, 0);
	await assert.rejects(
		called((never) => configure({ headers: {}, onError: never })),
		{ status: 401 }
	);
});

test('what configure() does not name keeps its value', async (t) => {
	inPage(t);
	const server = await serve(t, echoHeaders);
	t.after(() => configure({ baseUrl: undefined }));
	configure({ baseUrl: server.baseUrl });
	configure({ headers: { a: 'b' } });
	configure({ onError: () => {} });
	assert.equal((await json<Record<string, string>>('GET', '/', {}))['a'], 'b');
});

test('headers of the call beat parameters, and those beat the common ones', async (t) => {
	inPage(t);
	configure({ headers: async () => ({ a: 'common', b: 'common', c: 'common' }) });
	const server = await serve(t, echoHeaders);
	const parts = { headers: headersOf({ b: 'parameter', c: 7, d: ['x', 'y'], e: undefined }) };
	const sent = await json<Record<string, string>>('GET', '/', parts, {
		...server,
		headers: { c: 'call' }
	});
	const { a, b, c, d, e, accept } = sent;
	const expected = ['common', 'parameter', 'call', 'x, y', undefined, 'application/json'];
	assert.deepEqual([a, b, c, d, e, accept], expected);
});

test('a header that cannot be sent is refused before any request', async () => {
	const fetch = () => assert.fail('a request was made');
	for (const value of ['a\r\nx: 1', '€', '\0']) {
		const call = json('GET', '/', { headers: headersOf({ a: value }) }, { fetch });
		await assert.rejects(call, InvalidRequest);
	}
});

test('onError may refresh and have the request sent once more, streams too', async (t) => {
	inPage(t);
	let token = 'old';
	let asked = 0;
	configure({
		headers: () => ({ token }),
		onError: async (error, request) => {
			asked++;
			assert.equal(new URL(request.url).pathname, '/');
			if (!(error instanceof ApiError) || error.status !== 401) return;
			token = asked === 3 ? 'stale' : 'new';
			return 'retry';
		}
	});
	const server = await serve(t, ({ request, response }) => {
		const isAllowed = request.headers['token'] === 'new';
		const type = String(request.headers.accept);
		response.writeHead(isAllowed ? 200 : 401, { 'content-type': type });
		response.end(type.includes('event') ? 'data: 1\n\n' : '1');
	});
	assert.equal(await json('GET', '/', {}, server), 1);
	token = 'old';
	assert.deepEqual(await Array.fromAsync(events('GET', '/', {}, server)), [1]);
	token = 'old';
	await assert.rejects(json('GET', '/', {}, server), { status: 401 });
	assert.deepEqual([asked, server.exchanges.length], [3, 6]);
});

test('what was aborted meanwhile is not sent once more', async (t) => {
	inPage(t);
	const controller = new AbortController();
	configure({
		onError: () => {
			controller.abort();
			return 'retry';
		}
	});
	const server = await serve(t, ({ response }) => response.writeHead(401).end());
	const options = { ...server, signal: controller.signal };
	await assert.rejects(json('GET', '/', {}, options), { status: 401 });
	assert.equal(server.exchanges.length, 1);
});

test('on the server configure takes baseUrl only', async (t) => {
	const server = await serve(t, ({ response }) => response.writeHead(200, JSON_TYPE).end('1'));
	t.after(() => configure({ baseUrl: undefined }));
	assert.throws(() => configure({ headers: { a: 'b' } }), InvalidRequest);
	assert.throws(() => configure({ onError: () => {} }), InvalidRequest);
	configure({ baseUrl: server.baseUrl });
	assert.equal(await json('GET', '/', {}), 1);
});

test("the fetch of the call is used, so that load's own carries the cookies", async () => {
	const seen: unknown[] = [];
	const fetch = (address: unknown) => {
		seen.push(address);
		return Promise.resolve(Response.json(2));
	};
	assert.equal(await json('GET', '/x', {}, { fetch }), 2);
	assert.deepEqual(seen, ['/x']);
});

const JSON_TYPE = { 'content-type': 'application/json' };

const echoHeaders: Answer = ({ request, response }) => {
	response.writeHead(200, JSON_TYPE).end(JSON.stringify(request.headers));
};

/** The rest of the test runs as in a page, with a configuration of its own. */
function inPage(t: TestContext): void {
	Reflect.set(globalThis, 'window', globalThis);
	t.after(() => {
		configure({ headers: undefined, onError: undefined });
		Reflect.deleteProperty(globalThis, 'window');
	});
}
