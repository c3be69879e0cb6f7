// What the shared cases have of the class "stream content", and the addresses that they would steer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
	DataError,
	events,
	InvalidRequest,
	json,
	records,
	url,
	type ServerEvent
} from '../../scaffolds/client/typescript/runtime.ts';
import { recordParser } from '../../scaffolds/client/typescript/runtime/jsonl.ts';
import { eventParser } from '../../scaffolds/client/typescript/runtime/sse.ts';
import { readCases, type Bytes } from './cases.ts';
import { fetchOf, serve } from './server.ts';

interface Hostile {
	readonly n: number;
	readonly class: string;
	readonly where: string;
	readonly input: string;
}

const { inputs } = readCases<{ inputs: Hostile[] }>('adversarial.json');
const of = (kind: string, where: RegExp) =>
	inputs.filter((hostile) => hostile.class === kind && where.test(hostile.where));
const bytes = (text: string) => new TextEncoder().encode(text);

for (const { n, input } of of('client URL building', /redirect target/)) {
	test(`hostile input ${n}: ${JSON.stringify(input)} as a redirect stays at the origin`, async (t) => {
		const server = await serve(t, ({ request, response }) => {
			if (request.url !== '/') response.end('1');
			else response.writeHead(307, { location: encodeURI(input) }).end();
		});
		const asked = t.mock.method(globalThis, 'fetch');
		const options = { ...server, headers: { cookie: 'a=b', authorization: 'c' } };
		const [outcome] = await Promise.allSettled([json('GET', '/', {}, options)]);
		for (const {
			arguments: [address]
		} of asked.mock.calls) {
			assert.equal(new URL(String(address)).origin, server.baseUrl);
		}
		if (outcome.status === 'rejected') assert.equal(outcome.reason.kind, 'unreachable');
	});
}

for (const { n, input } of of('client URL building', /^base URL/)) {
	for (const base of input.split(' ; ').map((each) => each.replace(/^.*=|'/g, ''))) {
		test(`hostile input ${n}: ${base} is a base only when it is http or https`, () => {
			const make = () => new URL(url('/x', {}, { baseUrl: base })).protocol;
			if (base.startsWith('http')) assert.equal(make(), 'http:');
			else assert.throws(make, InvalidRequest);
		});
	}
}

for (const { n } of of('stream content', /^SSE data/)) {
	test(`hostile input ${n}: data with the text of an event in it is one event`, async () => {
		const text = 'x\n\nevent: admin\ndata: evil';
		const asText = text.split('\n').map((line) => `data: ${line}\n`);
		const sent = `data: ${JSON.stringify(text)}\n\nevent: note\n${asText.join('')}\n`;
		const fetch = fetchOf([bytes(sent)], 'text/event-stream');
		const parts = { events: { message: 'json', note: 'text' } } as const;
		const found = await Array.fromAsync(events('GET', '/', parts, { fetch }).events());
		assert.deepEqual(
			found.map(({ type, value }) => [type, value]),
			[
				['message', text],
				['note', text]
			]
		);
	});
}

for (const { n, where } of of('stream content', /^event named/)) {
	const names = where.replace('event named ', '').split(' / ');
	test(`hostile input ${n}: events named ${names.join(', ')} are data, with and without a handler`, async () => {
		const sent = names.map((name) => `event: ${name}\ndata: {}\n\n`).join('');
		const seen: string[] = [];
		const onUnknown = ({ type }: ServerEvent) => seen.push(`unknown ${type}`);
		const forbidden = () => assert.fail('a handler of the life cycle');
		const options = {
			onUnknown,
			onError: forbidden,
			fetch: fetchOf([bytes(sent)], 'text/event-stream')
		};
		assert.deepEqual(await Array.fromAsync(events('GET', '/', {}, options)), []);
		assert.deepEqual(
			seen,
			names.map((name) => `unknown ${name}`)
		);

		const declared = Object.fromEntries(names.map((name) => [name, 'json' as const]));
		const handled: string[] = [];
		const on = Object.fromEntries(
			names.map((name) => [name, ({ type }: ServerEvent) => handled.push(type)])
		);
		const again = { on, onError: forbidden, fetch: fetchOf([bytes(sent)], 'text/event-stream') };
		await events<ServerEvent>('GET', '/', { events: declared }, again).closed;
		assert.deepEqual(handled, names);
	});
}

for (const { n, input } of of('stream content', /^JSON revival/)) {
	for (const line of input.split(' ; ')) {
		test(`hostile input ${n}: ${line} pollutes no prototype`, async () => {
			const event = `event: __proto__\ndata: ${line}\n\ndata: ${line}\n\n`;
			const stream = events(
				'GET',
				'/',
				{ events: 'any' },
				{ fetch: fetchOf([bytes(event)], 'text/event-stream') }
			);
			const values = await Array.fromAsync(stream);
			const lines = fetchOf([bytes(`${line}\n`)], 'application/jsonl');
			values.push(...(await Array.fromAsync(records('GET', '/', {}, { fetch: lines }))));
			const answer = () => Promise.resolve(new Response(line));
			values.push(await json('GET', '/', {}, { fetch: answer }));
			for (const value of values) assert.equal(JSON.stringify(value), line);
			assert.equal(Reflect.get({}, 'admin'), undefined);
			assert.equal(
				Reflect.get(() => {}, 'admin'),
				undefined
			);
		});
	}
}

/** Of 1 Mi: what is held of a line or an event may take four times as much. */
const LIMIT = 2 ** 20;

for (const { n } of of('stream content', /^unbounded line/)) {
	const silent = { block: () => {}, retry: () => {}, comment: () => {} };
	const sse = () => eventParser(silent, LIMIT);
	const jsonl = () => {
		const parser = recordParser(() => {}, LIMIT);
		return (chunk: Bytes) => void parser.read(chunk, 0);
	};
	const cases = [
		['a line of SSE without an end', sse, 'x', 1],
		['data of SSE without an end', sse, 'data:ab\n', 8],
		['data of SSE in large chunks', sse, 'data:ab\n'.repeat(8_192), 2 ** 16],
		['empty data lines of SSE', sse, 'data\n'.repeat(8_192), 2 ** 16],
		['a JSON line without an end', jsonl, '1', 1]
	] as const;
	for (const [what, parser, text] of cases) {
		test(`hostile input ${n}: ${what} ends at the limit, and takes no more than four times it`, () => {
			const read = parser();
			const chunk = bytes(text);
			const before = heldBytes();
			let most = 0;
			let written = 0;
			const write = () => {
				for (; written < 8 * LIMIT; written += chunk.length) {
					read(chunk.slice());
					if (written % LIMIT < chunk.length) most = Math.max(most, heldBytes() - before);
				}
			};
			assert.throws(write, (e) => e instanceof DataError && e.kind === 'line_too_long');
			assert.ok(most < 4 * LIMIT, `${most} bytes`);
		});
	}
	test(`hostile input ${n}: ten million comments and a million empty data lines take nothing`, () => {
		const read = sse();
		const before = heldBytes();
		const comments = bytes(':\n'.repeat(50_000));
		for (let i = 0; i < 200; i++) read(comments);
		const lines = bytes('data\n'.repeat(50_000));
		for (let i = 0; i < 20; i++) read(lines);
		assert.ok(heldBytes() - before < 4 * LIMIT);
	});
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What is left when all garbage is collected. */
function heldBytes(): number {
	collect();
	const { heapUsed, arrayBuffers } = process.memoryUsage();
	return heapUsed + arrayBuffers;
}
