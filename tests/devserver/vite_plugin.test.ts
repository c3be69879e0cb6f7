import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

const state = mkdtempSync(join(tmpdir(), 'fluidkit-plugin-'));
const api = createServer();
const plugin = process.env.PLUGIN ?? '';

/** What Vite's types say, as far as these tests use it. */
interface Proxy {
	bypass(request: { destroyed: boolean }): Promise<undefined>;
	configure(proxy: EventEmitter): void;
}
interface Loaded {
	config(user: { server?: { cors?: boolean } }): {
		envDir: string | false;
		server: { proxy: Record<string, Proxy>; fs: { deny: string[] } };
	};
	configureServer: { handler(server: unknown): void };
}
type Middleware = (request: object, response: object, next: () => void) => void;
const resolved = { server: { allowedHosts: ['shop.test', '.shop.example'] } };
let loaded: Loaded;

before(async () => {
	api.listen(0, '127.0.0.1');
	await once(api, 'listening');
	process.env.FLUIDKIT_API_URL = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
	process.env.FLUIDKIT_PROXY = '["/api", "/v1.0/"]';
	process.env.FLUIDKIT_STATE = state;
	delete process.env.FLUIDKIT_RUN;
	loaded = (await import(plugin)).fluidkit({ holdFor: 5000 });
});

after(() => {
	api.close();
	rmSync(state, { recursive: true });
});

const firstProxy = () => Object.values(loaded.config({}).server.proxy)[0] as Proxy;

test('whole path segments go to Python, and nothing else', () => {
	const patterns = Object.keys(loaded.config({}).server.proxy).map((text) => new RegExp(text));
	const goes = (path: string) => patterns.some((pattern) => pattern.test(path));
	for (const path of ['/api', '/api/', '/api/a/b', '/api?x=1', '/v1.0', '/v1.0/a']) {
		assert.ok(goes(path), path);
	}
	for (const path of ['/', '/apiary', '/v1x0/a', '/a/api/b', '/src/lib/api/x.ts']) {
		assert.ok(!goes(path), path);
	}
});

test('Python sources and secrets are denied', () => {
	const { deny } = loaded.config({}).server.fs;
	assert.ok(deny.includes('**/*.py') && deny.includes('.env') && deny.includes('**/.git/**'));
});

test('a request waits for a Python server that is away, and goes on when it is back', async () => {
	const { port } = api.address() as AddressInfo;
	api.close();
	await once(api, 'close');
	let released = false;
	const waiting = firstProxy()
		.bypass({ destroyed: false })
		.then(() => (released = true));
	await new Promise((resolve) => setTimeout(resolve, 250));
	assert.equal(released, false);
	api.listen(port, '127.0.0.1');
	await waiting;
});

test("the probe of this run is answered before SvelteKit, another run's is not", async () => {
	process.env.FLUIDKIT_RUN = 'mine';
	const ofRun: Loaded = (await import(`${plugin}?run`)).fluidkit();
	delete process.env.FLUIDKIT_RUN;
	const used: Middleware[] = [];
	const httpServer = new EventEmitter();
	const hot = Object.assign(new EventEmitter(), { send: () => {} });
	ofRun.configureServer.handler({
		config: resolved,
		environments: { client: { hot } },
		httpServer,
		middlewares: { use: (middleware: Middleware) => used.push(middleware) }
	});
	httpServer.emit('close');
	const said: unknown[] = [];
	const response = {
		writeHead: (status: number, headers: object) => said.push(status, headers),
		end: () => {}
	};
	for (const probe of ['mine', 'other', undefined]) {
		const request = { headers: { 'x-fluidkit-probe': probe } };
		used[0]?.(request, response, () => said.push('next'));
	}
	assert.deepEqual(said, [204, { 'x-fluidkit-probe': 'mine' }, 'next', 'next']);
});

test('an address of elsewhere is refused before SvelteKit fails over it', () => {
	const used: Middleware[] = [];
	const hot = Object.assign(new EventEmitter(), { send: () => {} });
	const httpServer = new EventEmitter();
	const middlewares = { use: (middleware: Middleware) => used.push(middleware) };
	loaded.config({ server: { cors: true } });
	const environments = { client: { hot } };
	loaded.configureServer.handler({ config: resolved, environments, httpServer, middlewares });
	httpServer.emit('close');
	const said: unknown[] = [];
	const response = { writeHead: (status: number) => said.push(status), end: () => {} };
	for (const url of ['/', '/?to=http://a/', 'http://a.example/', 'a.example:443']) {
		used.at(-1)?.({ url }, response, () => said.push('next'));
	}
	assert.deepEqual(said, ['next', 'next', 400, 400]);
});

test('a page of another origin is answered by the API alone, which decides for itself', () => {
	const used: Middleware[] = [];
	const hot = Object.assign(new EventEmitter(), { send: () => {} });
	const httpServer = new EventEmitter();
	const middlewares = { use: (middleware: Middleware) => used.push(middleware) };
	const environments = { client: { hot } };
	loaded.config({});
	loaded.configureServer.handler({ config: resolved, environments, httpServer, middlewares });
	httpServer.emit('close');
	const said: unknown[] = [];
	const response = { writeHead: (status: number) => said.push(status), end: () => {} };
	const ask = (origin: string | undefined, url = '/', host = '127.0.0.1:5173') =>
		used.at(-1)?.({ url, headers: { origin, host } }, response, () => said.push(origin));
	const own = [undefined, 'http://localhost:3000', 'http://127.0.0.1:5173', 'http://[::1]:1'];
	own.forEach((origin) => ask(origin));
	ask('http://shop.test:5173', '/', 'Shop.test:5173');
	ask('http://evil.example', '/api/x');
	assert.deepEqual(said.splice(0), [...own, 'http://shop.test:5173', 'http://evil.example']);
	const foreign = ['http://evil.example', 'null', '', 'http://localhost.evil.example', 'file://'];
	for (const origin of foreign) ask(origin);
	ask('http://evil.example', '/apiary');
	assert.deepEqual(said, [403, 403, 403, 403, 403, 403]);
});

test('a socket of a name that Vite does not know gets no word of ours', () => {
	const httpServer = new EventEmitter();
	const hot = Object.assign(new EventEmitter(), { send: () => {} });
	const environments = { client: { hot } };
	const middlewares = { use: () => {} };
	const proxy = new EventEmitter();
	firstProxy().configure(proxy);
	loaded.configureServer.handler({ config: resolved, environments, httpServer, middlewares });
	httpServer.emit('close');
	const removed: string[] = [];
	for (const host of ['shop.test:5173', 'a.Shop.example', 'shop.example', 'evil.example']) {
		const upstream = { removeHeader: (name: string) => removed.push(`${host} ${name}`) };
		proxy.emit('proxyReqWs', upstream, { headers: { host } });
	}
	assert.deepEqual(removed, ['evil.example x-fluidkit-run']);
});

function exchange(complete: boolean) {
	const proxy = new EventEmitter();
	firstProxy().configure(proxy);
	const ended: string[] = [];
	const end = (name: string) => ({ destroy: () => ended.push(name) });
	const upstream = Object.assign(new EventEmitter(), end('upstream'), { complete });
	const response = Object.assign(new EventEmitter(), end('response'));
	proxy.emit('proxyRes', upstream as unknown as IncomingMessage, {}, response);
	return { upstream, response, ended };
}

test("a broken answer of Python's breaks the browser's, a complete one does not", () => {
	for (const complete of [true, false]) {
		const { upstream, ended } = exchange(complete);
		upstream.emit('close');
		assert.deepEqual(ended, complete ? [] : ['response']);
	}
});

test("the browser's leaving ends Python's answer", () => {
	const { response, ended } = exchange(false);
	response.emit('close');
	assert.deepEqual(ended, ['upstream']);
});

test('a Python server that does not answer is a 503 with the reason', () => {
	const proxy = new EventEmitter();
	firstProxy().configure(proxy);
	const said: unknown[] = [];
	const response = {
		headersSent: false,
		writeHead: (status: number) => said.push(status),
		end: (body: string) => said.push(JSON.parse(body))
	};
	proxy.emit('error', new Error('gone'), {}, response as unknown as ServerResponse);
	assert.deepEqual(said, [503, { detail: 'The Python server did not answer: gone' }]);
});

/** A Vite in which the plugin runs; resolves when what it has sent is as wanted. */
function served() {
	const sent: { type: string; err?: { message: string; frame: string } }[] = [];
	const hot = Object.assign(new EventEmitter(), {
		send: (payload: { type: string }) => {
			sent.push(payload);
			hot.emit('sent');
		}
	});
	const httpServer = new EventEmitter();
	const middlewares = { use: () => {} };
	const environments = { client: { hot } };
	const ws = { clients: new Set(['a page']) };
	const server = { config: resolved, environments, httpServer, middlewares, ws };
	loaded.configureServer.handler(server);
	const until = async (type: string) => {
		while (sent.at(-1)?.type !== type) await once(hot, 'sent');
	};
	return { sent, hot, until, pages: ws.clients, close: () => httpServer.emit('close') };
}

const write = (content: object) =>
	writeFileSync(join(state, 'error.json'), JSON.stringify(content));
const oh = { message: 'SyntaxError: oh', stack: '', frame: '  1 | oh\n' };

test('pages are loaded again after an error only if nothing served meanwhile', async () => {
	const { until, close } = served();
	for (const [serving, mended] of [
		[false, 'full-reload'],
		[true, 'update']
	] as const) {
		write({ error: oh, serving });
		await until('error');
		write({});
		await until(mended);
	}
	close();
});

test('errors show also after the folder has been deleted', async () => {
	const { until, close } = served();
	rmSync(state, { recursive: true });
	while (!existsSync(state)) await new Promise((resolve) => setTimeout(resolve, 10));
	write({ error: oh, serving: true });
	await until('error');
	write({});
	await until('update');
	close();
});

test("Python's error shows, shows to a page opened later, and goes when it is mended", async () => {
	const { sent, hot, close } = served();

	hot.emit('vite:client:connect');
	assert.deepEqual(sent, []);

	write({ error: oh });
	while (!sent.some(({ type }) => type === 'error')) await once(hot, 'sent');
	assert.equal(sent.at(-1)?.err?.message, 'SyntaxError: oh');
	// which the overlay, that trims it, shows as it is
	assert.equal(sent.at(-1)?.err?.frame.trim(), '\u200b  1 | oh');

	sent.length = 0;
	hot.emit('vite:client:connect');
	assert.deepEqual(
		sent.map(({ type }) => type),
		['update', 'error']
	);

	sent.length = 0;
	write({});
	while (sent.length === 0) await once(hot, 'sent');
	assert.deepEqual(sent.at(-1), { type: 'update', updates: [] });
	close();
});

test('an error that is mended before a page is opened is left to no page', async () => {
	const { sent, hot, until, pages, close } = served();
	pages.clear();
	write({ error: oh, serving: false });
	await new Promise((resolve) => setTimeout(resolve, 250));
	assert.deepEqual(sent, []);

	pages.add('a page');
	hot.emit('vite:client:connect');
	assert.equal(sent.at(-1)?.type, 'error');
	write({});
	await until('full-reload');
	close();
});
