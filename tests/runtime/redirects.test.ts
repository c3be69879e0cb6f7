// Redirects on a server: followed as fetch does within the origin, refused before another is asked.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
	queryOf,
	ConnectionError,
	download,
	events,
	json,
	records,
	text
} from '../../scaffolds/client/typescript/runtime.ts';
import { serve, type TestServer } from './server.ts';

const SECRETS = { authorization: 'Bearer secret', cookie: 'session=1', 'x-api-key': 'secret' };

/** Answers with what was asked for; `/to?status&location` leads elsewhere. */
function serveWithRedirects(t: TestContext): Promise<TestServer> {
	return serve(t, async ({ request, response }) => {
		const { pathname, searchParams } = new URL(request.url ?? '', 'http://host');
		if (pathname === '/to') {
			const location = searchParams.get('location') ?? '';
			response.writeHead(Number(searchParams.get('status')), { location }).end();
			return;
		}
		const body = (await request.toArray()).join('');
		response.writeHead(200, { 'content-type': 'application/json' });
		response.end(JSON.stringify([request.method, request.url, body]));
	});
}

const to = (location: string, status = 307) => ({ query: queryOf({ location, status }) });

for (const status of [301, 302, 303, 307, 308]) {
	test(`a ${status} to another origin is refused before that is asked, whatever reads it`, async (t) => {
		const [server, evil] = [await serveWithRedirects(t), await serveWithRedirects(t)];
		const parts = to(`${evil.baseUrl}/x`, status);
		const options = { ...server, headers: SECRETS };
		for (const read of [
			() => json('POST', '/to', { ...parts, body: { password: 'secret' } }, options),
			() => Array.fromAsync(events('GET', '/to', parts, options)),
			() => Array.fromAsync(records('GET', '/to', parts, options)),
			() => Array.fromAsync(text('GET', '/to', parts, options)),
			async () => await download('GET', '/to', parts, options)
		]) {
			await assert.rejects(read, (error) => {
				assert.ok(error instanceof ConnectionError && error.kind === 'unreachable');
				assert.match(String(error.cause), /another origin/);
				return true;
			});
		}
		assert.equal(evil.exchanges.length, 0);
	});
}

for (const location of [
	'//evil.invalid/x',
	'\\\\evil.invalid',
	'https://evil.invalid',
	'file:///x'
]) {
	test(`a redirect to ${location} is refused`, async (t) => {
		const server = await serveWithRedirects(t);
		await assert.rejects(json('GET', '/to', to(location), server), { kind: 'unreachable' });
		assert.equal(server.exchanges.length, 1);
	});
}

test('within the origin a redirect is followed, with the method and the body that its status asks for', async (t) => {
	const server = await serveWithRedirects(t);
	const expected: [method: string, status: number, asked: string][] = [
		['GET', 301, 'GET'],
		['POST', 301, 'GET'],
		['POST', 302, 'GET'],
		['POST', 303, 'GET'],
		['PUT', 302, 'PUT'],
		['PUT', 303, 'GET'],
		['POST', 307, 'POST'],
		['PUT', 308, 'PUT']
	];
	for (const [method, status, asked] of expected) {
		const body = method === 'GET' ? undefined : 'text';
		for (const location of ['/x?a=1', `${server.baseUrl}/x?a=1`]) {
			const answer = await json(method, '/to', { ...to(location, status), body }, server);
			assert.deepEqual(answer, [asked, '/x?a=1', asked === 'GET' ? '' : '"text"']);
		}
	}
});

test('a request without its body has no type of it, and the answer that led there is cancelled', async () => {
	let isCancelled = false;
	const types: unknown[] = [];
	const fetch: typeof globalThis.fetch = async (_, init) => {
		types.push(new Headers(init?.headers).get('content-type'));
		if (types.length > 1) return Response.json(1);
		const body = new ReadableStream({ cancel: () => void (isCancelled = true) });
		return new Response(body, { status: 303, headers: { location: '/x' } });
	};
	assert.equal(await json('POST', '/', { body: {} }, { fetch }), 1);
	assert.deepEqual(types, ['application/json', null]);
	assert.ok(isCancelled);
});

test('redirects without an end are given up', async (t) => {
	const server = await serve(t, ({ response }) => response.writeHead(302, { location: '/' }).end());
	await assert.rejects(json('GET', '/', {}, server), { kind: 'unreachable' });
	assert.equal(server.exchanges.length, 20);
});

test("a fetch of SvelteKit's is asked again for a relative address", async () => {
	const leadsTo = ['next?b=2', '/last', '//evil.invalid'];
	const asked: unknown[] = [];
	const fetch = (address: unknown) => {
		asked.push(address);
		const headers = { location: leadsTo.shift() ?? assert.fail('nothing more to ask for') };
		return Promise.resolve(new Response(null, { status: 307, headers }));
	};
	await assert.rejects(json('GET', '/api/first', {}, { fetch }), { kind: 'unreachable' });
	assert.deepEqual(asked, ['/api/first', '/api/next?b=2', '/last']);
});

test('a redirect is left as soon as its signal aborts', async (t) => {
	const controller = new AbortController();
	const server = await serve(t, ({ response }) => {
		controller.abort();
		response.writeHead(302, { location: '/' }).end();
	});
	const call = json('GET', '/', {}, { ...server, signal: controller.signal });
	await assert.rejects(call, { name: 'AbortError' });
	assert.equal(server.exchanges.length, 1);
});
