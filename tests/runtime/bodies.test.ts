// Text and downloads: pieces as they come, lines, files with safe names, progress.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
	pathOf,
	download,
	text,
	type Progress
} from '../../scaffolds/client/typescript/runtime.ts';
import { filenameOf } from '../../scaffolds/client/typescript/runtime/filename.ts';
import { cut, fetchOf, serve } from './server.ts';

const WORDS = 'é\r\nzwei\u2028drei\n\n€😀';

test('text comes in pieces that never end in half a character', async () => {
	const bytes = new TextEncoder().encode(WORDS);
	const chunks = Array.from(bytes, (byte) => Uint8Array.of(byte));
	const pieces = await Array.fromAsync(
		text('GET', '/', {}, { fetch: fetchOf(chunks, 'text/plain') })
	);
	assert.deepEqual(pieces, [...WORDS]);
});

test('text that ends in half a character says so, and a BOM is none of it', async () => {
	const chunks = [Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), Uint8Array.of(0xe2, 0x82)];
	const pieces = text('GET', '/', {}, { fetch: fetchOf(chunks, 'text/plain') });
	assert.equal((await Array.fromAsync(pieces)).join(''), 'a\ufffd');
});

test('a page of a proxy is no text, but where HTML is declared', async () => {
	const chunks = () => [new TextEncoder().encode('<h1>')];
	const read = (type: string, html: boolean) =>
		Array.fromAsync(text('GET', '/', { html }, { fetch: fetchOf(chunks(), type) }));
	const refused = { name: 'DataError', kind: 'content_type' };
	for (const type of ['text/html', 'TEXT/HTML; charset=utf-8']) {
		await assert.rejects(read(type, false), refused);
		assert.deepEqual(await read(type, true), ['<h1>']);
	}
	await assert.rejects(read('image/png', true), refused);
	const untyped: typeof fetch = () => Promise.resolve(new Response(new Blob(['a']).stream()));
	assert.deepEqual(await Array.fromAsync(text('GET', '/', {}, { fetch: untyped })), ['a']);
});

test('lines end in LF or CRLF, however the bytes are cut', async () => {
	const bytes = new TextEncoder().encode(WORDS);
	for (let at = 0; at <= bytes.length; at++) {
		const fetch = fetchOf([bytes.slice(0, at), bytes.slice(at)], 'text/plain');
		const lines = await Array.fromAsync(text('GET', '/', {}, { fetch }).lines());
		assert.deepEqual(lines, ['é', 'zwei\u2028drei', '', '€😀']);
	}
});

test('leaving the loop over lines closes the connection', async (t) => {
	const server = await serve(t, ({ response }) => {
		response.writeHead(200, { 'content-type': 'text/plain' });
		response.write('one\ntwo\nthree');
	});
	const stream = text('GET', '/', {}, server);
	for await (const line of stream.lines()) if (line === 'two') break;
	assert.deepEqual(await stream.closed, { reason: 'closed' });
	await (
		await server.exchange(0)
	).closed;
});

test('lines that are asked for claim the text before callbacks can take it', async () => {
	const fetch = fetchOf([new TextEncoder().encode('one\ntwo\nthree')], 'text/plain');
	let opened = () => {};
	const open = new Promise<void>((resolve) => (opened = resolve));
	const lines = text('GET', '/', {}, { fetch, onOpen: opened, onChunk: () => {} }).lines();
	const first = await lines.next();
	await open;
	assert.equal(first.value, 'one');
	assert.deepEqual(await Array.fromAsync(lines), ['two', 'three']);
});

test('lines can be left while one is awaited', async (t) => {
	const server = await serve(t, ({ response }) => {
		response.writeHead(200, { 'content-type': 'text/plain' });
		response.write('one\ntw');
	});
	const lines = text('GET', '/', {}, server).lines();
	assert.deepEqual(await lines.next(), { done: false, value: 'one' });
	const awaited = lines.next();
	await lines.return?.();
	assert.deepEqual(await awaited, { done: true, value: undefined });
	await (
		await server.exchange(0)
	).closed;
});

for (const leave of ['close', 'abort', 'return'] as const) {
	test(`lines end at once by ${leave}, also those that have arrived`, async () => {
		const controller = new AbortController();
		const fetch = fetchOf([new TextEncoder().encode('one\ntwo\nthree')], 'text/plain');
		const stream = text('GET', '/', {}, { fetch, signal: controller.signal });
		const lines = stream.lines();
		assert.deepEqual(await lines.next(), { done: false, value: 'one' });
		if (leave === 'close') stream.close();
		if (leave === 'abort') controller.abort();
		if (leave === 'return') await lines.return();
		if (leave === 'abort') await assert.rejects(lines.next(), { name: 'AbortError' });
		assert.deepEqual(await lines.next(), { done: true, value: undefined });
	});
}

test('a download is awaited as a file with its name and type', async (t) => {
	const server = await serve(t, ({ response }) => {
		response.writeHead(200, {
			'content-type': 'application/pdf',
			'content-disposition': 'attachment; filename="report.pdf"'
		});
		response.end('%PDF');
	});
	const file = await download('GET', '/files/{id}', { path: pathOf({ id: 7 }) }, server);
	assert.ok(file instanceof File);
	assert.deepEqual(
		[file.name, file.type, await file.text()],
		['report.pdf', 'application/pdf', '%PDF']
	);
});

test('a download is iterated chunk by chunk, and then not awaited', async () => {
	const chunks = [Uint8Array.of(1, 2), Uint8Array.of(3)];
	const stream = download('GET', '/x', {}, { fetch: fetchOf(chunks, 'application/zip') });
	assert.deepEqual(await Array.fromAsync(stream), chunks);
	await assert.rejects(async () => await stream, TypeError);
});

test('progress is told with the whole length, where there is one', async (t) => {
	const server = await serve(t, ({ request, response }) => {
		if (request.url === '/known') response.setHeader('content-length', 4);
		response.write('ab');
		response.end('cd');
	});
	for (const [path, total] of [
		['/known', 4],
		['/unknown', undefined]
	] as const) {
		const seen: Progress[] = [];
		const options = { ...server, onProgress: (progress: Progress) => seen.push(progress) };
		const file = await download('GET', path, {}, options);
		assert.equal(file.size, 4);
		assert.equal(file.name, path.slice(1));
		assert.deepEqual(seen.at(-1), { loaded: 4, total });
	}
});

test('the length of a compressed file is not known', async (t) => {
	const whole = gzipSync('x'.repeat(1000));
	const server = await serve(t, ({ response }) => {
		const headers = { 'content-encoding': 'gzip', 'content-length': whole.length };
		response.writeHead(200, headers).end(whole);
	});
	const seen: Progress[] = [];
	const onProgress = (progress: Progress) => seen.push(progress);
	await download('GET', '/x', {}, { ...server, onProgress });
	assert.deepEqual(seen.at(-1), { loaded: 1000, total: undefined });
});

test('a download with callbacks starts by itself, and is kept until it is awaited', async (t) => {
	const server = await serve(t, ({ response }) => response.end('abcd'));
	const stream = download('GET', '/x', {}, { ...server, onComplete: () => {} });
	assert.deepEqual(await stream.closed, { reason: 'complete' });
	assert.equal(await (await stream).text(), 'abcd');
	assert.equal((await stream).size, 4);
});

test('a download that breaks off, or is closed, is no file', async (t) => {
	const server = await serve(t, (exchange) => {
		exchange.response.writeHead(200, { 'content-length': 100 });
		exchange.response.write('ab', () => exchange.request.url === '/cut' && cut(exchange));
	});
	await assert.rejects(async () => await download('GET', '/cut', {}, server), {
		kind: 'transport'
	});
	const stream = download('GET', '/x', {}, { ...server, onChunk: () => stream.close() });
	await assert.rejects(async () => await stream, { name: 'AbortError' });
	const failing = download('GET', '/cut', {}, server);
	assert.equal(await failing.catch(({ kind }: { kind: string }) => kind), 'transport');
});

test('no answer at all is an empty file, and has a name', async (t) => {
	const server = await serve(t, ({ response }) => response.writeHead(204).end());
	const file = await download('GET', '/x', {}, server);
	assert.deepEqual([file.name, file.size], ['download', 0]);
});

test('names are those of the header, made safe', () => {
	const names: [string, string][] = [
		['attachment; filename="report.pdf"', 'report.pdf'],
		['attachment; filename=report.pdf', 'report.pdf'],
		['attachment; FileName = "a b.txt" ; x=y', 'a b.txt'],
		[`attachment; filename="x"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.txt`, 'naïve €.txt'],
		[`attachment; filename*=ISO-8859-1'en'%A3.txt`, '£.txt'],
		[`attachment; filename*=UTF-8''%FF%FE; filename=plain.txt`, 'plain.txt'],
		[`attachment; filename="a; filename*=UTF-8''evil.exe"`, "a; filename_=UTF-8''evil.exe"],
		['attachment; filename="a\\"; x=\\"b"', 'a_; x=_b'],
		['attachment; filename="../../etc/passwd"', 'passwd'],
		['attachment; filename="..\\\\..\\\\x"', 'x'],
		['attachment; filename=".."', 'download'],
		['attachment; filename="con.txt"', '_con.txt'],
		['attachment; filename="Aux .txt"', '_Aux .txt'],
		['attachment; filename="COM\u00b9"', '_COM\u00b9'],
		['attachment; filename="conout$.log"', '_conout$.log'],
		['attachment; filename="console.log"', 'console.log'],
		['attachment; filename="a\u202etxt.exe"', 'atxt.exe'],
		['attachment; filename="a\u0000\u0007b"', 'ab'],
		['attachment; filename="a<b>:|?*.txt. "', 'a_b_____.txt'],
		['attachment', 'fallback name']
	];
	for (const [header, name] of names) {
		assert.equal(filenameOf(header, 'https://h/x/fallback%20name?q=a/b'), name, header);
	}
	assert.equal(filenameOf(null, 'https://h/'), 'download');
});

test('a long name is shortened and keeps its extension', () => {
	const name = filenameOf(`attachment; filename="${'€'.repeat(4000)}.txt"`, '');
	assert.ok(new TextEncoder().encode(name).length <= 255);
	assert.match(name, /^€{80,}\.txt$/);
});
