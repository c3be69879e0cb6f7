// What a page asks of the API while it is made on the server, against a server that says what it
// was asked.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, mock, test } from 'node:test';
import zlib from 'node:zlib';

interface Asked {
	method: string;
	path: string;
	headers: http.IncomingHttpHeaders;
	body: string;
}

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

let answer: Answer = (_, response) => response.end('{}');
let asked: Asked[] = [];
const server = http.createServer(async (request, response) => {
	let body = '';
	for await (const chunk of request) body += chunk;
	const { method = '', url = '', headers } = request;
	asked.push({ method, path: url, headers, body });
	answer(request, response);
});
let api: typeof import('../../scaffolds/workspace/modes/ssr/frontend/src/lib/server/api.ts');

before(async () => {
	await once(server.listen(0, '127.0.0.1'), 'listening');
	process.env.FLUIDKIT_API_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	process.env.FLUIDKIT_PROXY = '["/api", "/rpc/"]';
	api = await import(process.env.MODULE as string);
});
after(() => {
	server.close();
	server.closeAllConnections();
});

/** A page that is asked for at `https://shop.example/`; of SvelteKit's event, what is used. */
function pageEvent(headers: Record<string, string> = {}, signal?: AbortSignal) {
	asked = [];
	const url = new URL('https://shop.example/some/page');
	return {
		url,
		request: new Request(url, { headers, signal: signal ?? null }),
		getClientAddress: () => '203.0.113.7',
		cookies: { parse: parseSetCookie }
	} as unknown as Parameters<typeof api.askApi>[0];
}

/** As SvelteKit's own, of the library `cookie`. */
function parseSetCookie(text: string) {
	const [pair = '', ...attributes] = text.split(';').map((part) => part.trim());
	const named = new Map(
		attributes.map((text) => text.toLowerCase().split('=') as [string, string])
	);
	const expires = named.get('expires');
	return {
		name: pair.slice(0, pair.indexOf('=')),
		...(named.has('path') && { path: named.get('path') }),
		...(named.has('max-age') && { maxAge: Number(named.get('max-age')) }),
		...(expires && { expires: new Date(expires) })
	};
}

function ask(event: ReturnType<typeof pageEvent>, path: string, init: RequestInit = {}) {
	return api.askApi(event, new Request(new URL(path, event.url), init));
}

function sets(...cookies: string[]): Answer {
	return (_, response) => response.setHeader('set-cookie', cookies).end('{}');
}

test('only what belongs to the API of this site is asked of it', () => {
	const event = pageEvent();
	const isAsked = (url: string) => api.isForApi(event, new Request(new URL(url, event.url)));
	for (const url of ['/api', '/api/', '/api/x?y', '/rpc', '/rpc/x']) assert.ok(isAsked(url), url);
	for (const url of [
		'/',
		'/apis',
		'/x/api',
		'https://other.example/api/x',
		'http://shop.example/api'
	]) {
		assert.ok(!isAsked(url), url);
	}
});

test('the API sees the browser and the site, and not this server', async () => {
	answer = (_, response) => response.end('{"a":1}');
	const event = pageEvent({
		cookie: 'a=1; b="x; y"',
		'user-agent': 'Browser',
		'accept-language': 'hi',
		authorization: 'Basic x',
		'x-request-id': 'a-1'
	});
	const response = await ask(event, '/api/x?q=%20');
	assert.deepEqual(await response.json(), { a: 1 });
	const [{ method, path, headers } = assert.fail()] = asked;
	assert.deepEqual([method, path], ['GET', '/api/x?q=%20']);
	assert.equal(headers.host, 'shop.example');
	assert.equal(headers['x-forwarded-for'], '203.0.113.7');
	assert.equal(headers['x-forwarded-proto'], 'https');
	assert.equal(headers['x-forwarded-host'], 'shop.example');
	assert.equal(headers['user-agent'], 'Browser');
	assert.equal(headers['accept-language'], 'hi');
	assert.equal(headers.authorization, 'Basic x');
	assert.equal(headers['x-request-id'], 'a-1');
	assert.equal(headers.origin, undefined);
});

test('what fails since the visitor has left is told from a fault', async () => {
	for (const answered of ['nothing', 'half'] as const) {
		const leaving = new AbortController();
		const event = pageEvent({}, leaving.signal);
		answer = (_, response) => {
			if (answered === 'half') response.write('half');
			setTimeout(() => leaving.abort(), 50);
		};
		const failed = await ask(event, '/api/x').then((response) => response.text()).catch((e) => e);
		assert.ok(failed instanceof Error);
		assert.equal(api.hasLeft(event, failed), true);
		assert.equal(api.hasLeft(event, new TypeError('a fault')), false);
		assert.equal(api.hasLeft(event, undefined), false);
		assert.equal(api.hasLeft(pageEvent(), failed), false);
	}
});

test('a path that looks like another host is asked of the API', async () => {
	answer = (_, response) => response.end('{}');
	await ask(pageEvent(), 'https://shop.example//other.example/api/x?q=1');
	assert.equal(asked[0]?.path, '//other.example/api/x?q=1');
});

test('a page that is prerendered asks for nobody', async () => {
	answer = (_, response) => response.end('{}');
	const event = pageEvent();
	event.getClientAddress = () => {
		throw new Error('Cannot read `clientAddress` during prerendering');
	};
	assert.equal((await ask(event, '/api/x')).status, 200);
	assert.equal(asked[0]?.headers['x-forwarded-for'], undefined);
});

test('a body is sent, and where it comes from', async () => {
	answer = (_, response) => response.writeHead(204).end();
	const response = await ask(pageEvent(), '/api/x', { method: 'POST', body: 'text' });
	assert.deepEqual([response.status, response.body], [204, null]);
	assert.equal(asked[0]?.body, 'text');
	assert.equal(asked[0]?.headers.origin, 'https://shop.example');
});

test('what a call says itself counts', async () => {
	answer = (_, response) => response.end('{}');
	const event = pageEvent({ authorization: 'Basic x', cookie: 'a=1' });
	await ask(event, '/api/x', { headers: { authorization: 'Bearer y' } });
	await ask(event, '/api/x', { credentials: 'omit' });
	assert.equal(asked[0]?.headers.authorization, 'Bearer y');
	assert.equal(asked[1]?.headers.authorization, undefined);
	assert.equal(asked[1]?.headers.cookie, undefined);
});

test('cookies reach the page as they were set', async () => {
	const odd = 'odd="a, \\"b\\""; Path=/x; Priority=High; Unheard-Of';
	answer = sets(
		'a=1; Path=/; HttpOnly',
		odd,
		'folder=1',
		'expires=1; expires=Thu, 01 Jan 2099 00:00:00 GMT; PATH=/'
	);
	const event = pageEvent();
	await ask(event, '/api/items/7');
	const page = api.withCookies(event, new Response('page', { headers: { 'set-cookie': 'own=1' } }));
	assert.deepEqual(page.headers.getSetCookie(), [
		'own=1',
		'a=1; Path=/; HttpOnly',
		odd,
		'folder=1; Path=/api/items',
		'expires=1; expires=Thu, 01 Jan 2099 00:00:00 GMT; PATH=/'
	]);
	assert.equal(await page.text(), 'page');
});

test('a page that asked for nothing is left as it is', async () => {
	const page = new Response('page');
	assert.equal(api.withCookies(pageEvent(), page), page);
});

test('a page without cookies gets none', async () => {
	answer = (_, response) => response.end('{}');
	const event = pageEvent();
	await ask(event, '/api/x');
	const page = api.withCookies(
		event,
		new Response('page', { status: 404, headers: { 'x-own': '1' } })
	);
	assert.deepEqual([page.status, [...page.headers.keys()]], [404, ['content-type', 'x-own']]);
	assert.equal(await page.text(), 'page');
});

test('a stream that nobody reads any more ends with its page, and is told of', async () => {
	const warn = mock.method(console, 'warn', () => {});
	const gone = Promise.withResolvers<void>();
	answer = (_, response) => {
		response.on('close', gone.resolve);
		response.write('one');
	};
	const event = pageEvent();
	const stream = await ask(event, '/api/endless');
	let finish = () => {};
	const body = new ReadableStream({
		start(controller) {
			controller.enqueue('the page, and what it streams');
			finish = () => controller.close();
		}
	}).pipeThrough(new TextEncoderStream());
	const page = api.withCookies(event, new Response(body));
	const reader = stream.body?.getReader();
	assert.equal(new TextDecoder().decode((await reader?.read())?.value), 'one');
	const sent = page.text();
	assert.equal(warn.mock.callCount(), 0);
	finish();
	assert.equal(await sent, 'the page, and what it streams');
	await gone.promise;
	await assert.rejects(reader!.read());
	assert.deepEqual(warn.mock.calls[0]?.arguments, [
		'/api/endless was still open when its page was complete'
	]);
	const again = await ask(event, '/api/endless');
	assert.equal(again.status, 409);
	assert.match((await again.json()).detail, /^The page is complete: /);
	warn.mock.restore();
});

test('an answer that was read to its end is not told of, however soon its page is complete', async () => {
	const warn = mock.method(console, 'warn', () => {});
	for (const encoding of ['identity', 'gzip']) {
		answer = (_, response) => {
			const text = JSON.stringify({ read: 'whole' });
			response.setHeader('content-encoding', encoding);
			response.end(encoding === 'gzip' ? zlib.gzipSync(text) : text);
		};
		const event = pageEvent();
		assert.deepEqual(await (await ask(event, '/api/visits')).json(), { read: 'whole' });
		api.withCookies(event, new Response(null, { status: 204 }));
	}
	assert.equal(warn.mock.callCount(), 0);
	warn.mock.restore();
});

test('a page without a body leaves no stream open either', async () => {
	const warn = mock.method(console, 'warn', () => {});
	const gone = Promise.withResolvers<void>();
	answer = (_, response) => response.on('close', gone.resolve).write('one');
	const event = pageEvent();
	await ask(event, '/api/endless');
	api.withCookies(event, new Response(null, { status: 303 }));
	await gone.promise;
	warn.mock.restore();
});

test('the next request has the cookies of the last answer', async () => {
	answer = sets(
		'a=2; Path=/',
		'new=1; Path=/',
		'gone=; Max-Age=0',
		'past=; Expires=Thu, 01 Jan 1970 00:00:00 GMT'
	);
	const event = pageEvent({ cookie: 'gone=1; a=1; past=1; kept=a=b' });
	await ask(event, '/api/x');
	await ask(event, '/api/y');
	assert.equal(asked[1]?.headers.cookie, 'a=2; kept=a=b; new=1');
});

test('the next request has only those that are for its path', async () => {
	answer = sets(
		'here=1',
		'all=1; Path=/',
		'api=1; Path=/api',
		'slash=1; Path=/api/x/',
		'ap=1; Path=/ap'
	);
	const event = pageEvent({ cookie: 'api=0; other=0' });
	await ask(event, '/api/x/1');
	answer = sets('other=; Path=/elsewhere; Max-Age=0');
	await ask(event, '/api/x/2');
	await ask(event, '/api/y');
	assert.equal(asked[1]?.headers.cookie, 'api=1; other=0; here=1; all=1; slash=1');
	assert.equal(asked[2]?.headers.cookie, 'api=1; other=0; all=1');
});

test('another page does not have them', async () => {
	answer = sets('secret=1; Path=/');
	await ask(pageEvent(), '/api/x');
	const other = pageEvent({ cookie: 'a=1' });
	answer = (_, response) => response.end('{}');
	await ask(other, '/api/x');
	assert.equal(asked[0]?.headers.cookie, 'a=1');
	assert.deepEqual(api.withCookies(other, new Response()).headers.getSetCookie(), []);
});

test('nothing is kept of an answer to a request without credentials', async () => {
	answer = sets('secret=1; Path=/');
	const event = pageEvent();
	await ask(event, '/api/x', { credentials: 'omit' });
	assert.deepEqual(api.withCookies(event, new Response()).headers.getSetCookie(), []);
});

test('a cookie that comes after its page is complained of', async () => {
	const warn = mock.method(console, 'warn', () => {});
	answer = sets('a=1; Path=/');
	const event = pageEvent();
	api.withCookies(event, new Response());
	await ask(event, '/api/x');
	assert.match(String(warn.mock.calls[0]?.arguments[0]), /^\/api\/x set a cookie too late/);
	warn.mock.restore();
});

test('a redirect within the API is followed in the name of the browser', async () => {
	answer = ({ url }, response) =>
		url === '/api/x'
			? response
					.writeHead(307, { location: 'https://shop.example/api/x/', 'set-cookie': 'a=2; Path=/' })
					.end()
			: response.end('"there"');
	const response = await ask(pageEvent({ cookie: 'a=1' }), '/api/x');
	assert.equal(await response.json(), 'there');
	assert.equal(asked[1]?.headers.cookie, 'a=2');
});

test('a redirect elsewhere takes no secrets along', async () => {
	const elsewhere = mock.method(globalThis, 'fetch', async () => new Response('elsewhere'));
	answer = (_, response) => response.writeHead(302, { location: 'https://files.example/x' }).end();
	const headers = { authorization: 'Bearer y', cookie: 'a=1', 'x-kept': '1' };
	const response = await ask(pageEvent(), '/api/x', { headers });
	assert.equal(await response.text(), 'elsewhere');
	const [request] = elsewhere.mock.calls[0]?.arguments as unknown as [Request];
	assert.equal(request.url, 'https://files.example/x');
	assert.deepEqual([...request.headers.keys()], ['x-kept']);
	elsewhere.mock.restore();
});

test('a redirect is given back where it is not to be followed, or a body would be sent again', async () => {
	answer = (_, response) => response.writeHead(307, { location: '/api/y' }).end();
	assert.equal((await ask(pageEvent(), '/api/x', { redirect: 'manual' })).status, 307);
	assert.equal((await ask(pageEvent(), '/api/x', { method: 'POST', body: 'x' })).status, 307);
});

test('a form that is answered with another place is followed there without its body', async () => {
	answer = ({ method }, response) =>
		method === 'GET'
			? response.end('"there"')
			: response.writeHead(303, { location: '/api/y' }).end();
	for (const method of ['POST', 'PUT']) {
		const response = await ask(pageEvent(), '/api/x', {
			method,
			body: 'x=1',
			headers: { 'content-type': 'text/plain', 'x-kept': '1' }
		});
		assert.equal(await response.json(), 'there');
		const [, { path, headers, body } = assert.fail()] = asked;
		assert.deepEqual([path, headers['x-kept'], body], ['/api/y', '1', '']);
		assert.equal(headers['content-type'], undefined);
	}
});

test('redirects in a circle end', async () => {
	answer = (_, response) => response.writeHead(302, { location: '/api/x' }).end();
	await assert.rejects(ask(pageEvent(), '/api/x'), /More than 20 redirects/);
});

test('an API that is away is a 503 that a client can read', async () => {
	answer = (request) => request.socket.destroy();
	const response = await ask(pageEvent(), '/api/x');
	assert.equal(response.status, 503);
	assert.match((await response.json()).detail, /^The Python server did not answer: /);
});

test('a browser that leaves takes its page’s requests along', async () => {
	const leaving = new AbortController();
	const gone = Promise.withResolvers<void>();
	answer = (request, response) => {
		response.on('close', gone.resolve);
		leaving.abort(new Error('left'));
	};
	await assert.rejects(ask(pageEvent({}, leaving.signal), '/api/x'), /left/);
	await gone.promise;
});

test('a stream arrives while it is sent', async () => {
	const open = Promise.withResolvers<http.ServerResponse>();
	answer = (_, response) => {
		response.write('one');
		open.resolve(response);
	};
	const response = await ask(pageEvent(), '/api/x');
	const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
	assert.equal((await reader?.read())?.value, 'one');
	(await open.promise).end('two');
	assert.equal((await reader?.read())?.value, 'two');
});

for (const [encoding, compress] of [
	['gzip', zlib.gzipSync],
	['x-gzip', zlib.gzipSync],
	['deflate', zlib.deflateSync],
	['br', zlib.brotliCompressSync]
] as const) {
	test(`an answer that is compressed though nobody asked for it arrives plain: ${encoding}`, async () => {
		const text = JSON.stringify({ detail: 'größe '.repeat(10_000) });
		const bytes = compress(text);
		answer = (_, response) =>
			response
				.writeHead(409, {
					'content-encoding': encoding,
					'content-length': bytes.length,
					'x-kept': '1'
				})
				.end(bytes);
		const response = await ask(pageEvent(), '/api/x');
		assert.equal(asked[0]?.headers['accept-encoding'], 'identity');
		assert.deepEqual(
			[...response.headers.keys()].filter((name) => /^(content|x)-/.test(name)),
			['x-kept']
		);
		assert.equal(await response.text(), text);
	});
}

test('a compressed answer that breaks off is no whole one', async () => {
	answer = (_, response) => {
		response.writeHead(200, { 'content-encoding': 'gzip' });
		response.write(zlib.gzipSync('whole').subarray(0, 12), () => response.destroy());
	};
	await assert.rejects((await ask(pageEvent(), '/api/x')).text());
	answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip');
	await assert.rejects((await ask(pageEvent(), '/api/x')).text());
});

test('who leaves a compressed stream ends the request', async () => {
	const gone = Promise.withResolvers<void>();
	answer = (_, response) => {
		response.on('close', gone.resolve);
		const gzip = zlib.createGzip();
		gzip.pipe(response.writeHead(200, { 'content-encoding': 'gzip' }));
		gzip.write('one');
		gzip.flush();
	};
	const response = await ask(pageEvent(), '/api/x');
	const reader = response.body?.getReader();
	assert.equal(new TextDecoder().decode((await reader?.read())?.value), 'one');
	await reader?.cancel();
	await gone.promise;
});
