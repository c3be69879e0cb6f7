// JSON lines against the shared cases, at every cut, through the stream that pages use.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGzip } from 'node:zlib';
import {
	ApiError,
	records,
	type RecordOptions
} from '../../scaffolds/client/typescript/runtime.ts';
import { cutsOf, readCases } from './cases.ts';
import { itemsOf, recorded, type RecordCase } from './conformance.ts';
import { fetchOf, serve } from './server.ts';

interface HttpCase {
	readonly id: string;
	readonly name: string;
	readonly response: { status: number; content_type: string | null; body?: string };
	readonly expect: string;
}

const file = readCases<{ stream_cases: RecordCase[]; http_cases: HttpCase[] }>('jsonl.json');

const more = readCases<{ stream_cases: RecordCase[] }>('more_jsonl.json');

for (const testCase of [...file.stream_cases, ...more.stream_cases]) {
	test(`${testCase.id} ${testCase.name}`, async () => {
		for (const [cut, chunks] of cutsOf(testCase)) {
			const found = await recorded(testCase, chunks);
			assert.deepEqual(found, { items: itemsOf(testCase), error: testCase.error }, cut);
		}
	});
}

for (const { id, name, response, expect } of file.http_cases) {
	test(`${id} ${name}`, async (t) => {
		const server = await serve(t, ({ response: sent }) => {
			const type = response.content_type;
			sent.writeHead(response.status, type ? { 'content-type': type } : {});
			sent.end(response.body ?? '{"a":1}\n');
		});
		const stream = records('GET', '/', {}, server);
		const items = Array.fromAsync(stream);
		if (expect.startsWith('items')) {
			assert.deepEqual(await items, [{ a: 1 }]);
			return;
		}
		await assert.rejects(items);
		const end = await stream.closed;
		assert.ok(end.reason === 'error');
		if (expect.includes('content_type')) assert.equal(end.error.kind, 'content_type');
		else {
			assert.ok(end.error instanceof ApiError);
			assert.equal(end.error.status, response.status);
			assert.deepEqual(end.error.body, JSON.parse(response.body ?? '{"a":1}'));
		}
	});
}

test('compressed lines are delivered as they come', async (t) => {
	const gzip = createGzip();
	const server = await serve(t, ({ response }) => {
		response.writeHead(200, { 'content-type': 'application/jsonl', 'content-encoding': 'gzip' });
		gzip.pipe(response);
		gzip.write('1\n');
		gzip.flush();
	});
	const iterator = records('GET', '/', {}, server)[Symbol.asyncIterator]();
	assert.deepEqual(await iterator.next(), { done: false, value: 1 });
	gzip.end('2\n');
	assert.deepEqual(await iterator.next(), { done: false, value: 2 });
	assert.deepEqual(await iterator.next(), { done: true, value: undefined });
});

test('an unterminated last line that is no JSON was truncated', async () => {
	const chunks = [new TextEncoder().encode('1\n{"a":')];
	const { items, error } = await read({ fetch: fetchOf(chunks, 'application/jsonl') });
	assert.deepEqual(items, ['1']);
	assert.deepEqual(error, { kind: 'truncated', line: 2 });
});

test('a line that is too long ends the stream after the lines before it, however it is cut', async () => {
	for (const text of ['1\n"éééééé"\n2\n', '1\n"éééééé"', '1\n"éééé']) {
		for (const size of [1, 5, 100]) {
			const bytes = new TextEncoder().encode(text);
			const count = Math.ceil(bytes.length / size);
			const chunks = Array.from({ length: count }, (_, i) => bytes.slice(i * size, (i + 1) * size));
			const fetch = fetchOf(chunks, 'application/jsonl');
			const found = await read({ fetch, maxLineBytes: 8 });
			assert.deepEqual(found, { items: ['1'], error: { kind: 'line_too_long', line: 2 } });
		}
	}
});

test('the excerpt of a broken line is short and cannot steer a terminal', async () => {
	const chunks = [new TextEncoder().encode(`\x1b[2J\u202e${'x'.repeat(500)}\n`)];
	const stream = records('GET', '/', {}, { fetch: fetchOf(chunks, 'application/jsonl') });
	await assert.rejects(Array.fromAsync(stream), (error: Error & { excerpt: string }) => {
		assert.equal(error.excerpt.length, 200);
		assert.match(error.excerpt, /^\\u\{1b\}\[2J\\u\{202e\}x+$/);
		return true;
	});
});

/** Items as JSON: it tells -0 from nothing, and keeps an own `__proto__`. */
async function read(options: RecordOptions) {
	const items: string[] = [];
	const stream = records('GET', '/', {}, options);
	try {
		for await (const item of stream) items.push(JSON.stringify(item));
	} catch (error) {
		assert.deepEqual(await stream.closed, { reason: 'error', error });
	}
	assert.equal(Reflect.get({}, 'polluted'), undefined);
	const end = await stream.closed;
	if (end.reason !== 'error') return { items, error: null };
	return {
		items,
		error: { kind: end.error.kind, line: Reflect.get(end.error, 'line') as unknown }
	};
}
