// The SSE parser against the shared cases, at every cut.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DataError } from '../../scaffolds/client/typescript/runtime/errors.ts';
import { eventParser, type EventSink } from '../../scaffolds/client/typescript/runtime/sse.ts';
import { cutsOf, readCases, type Bytes } from './cases.ts';
import { eventsOf, parsed, type EventCase } from './conformance.ts';

const cases = ['sse.json', 'more_sse.json'].flatMap(
	(file) => readCases<{ stream_cases: EventCase[] }>(file).stream_cases
);

for (const testCase of cases) {
	test(`${testCase.id} ${testCase.name}`, () => {
		for (const [cut, chunks] of cutsOf(testCase)) {
			assert.deepEqual(parsed(chunks), eventsOf(testCase), cut);
		}
	});
}

test('an event is found when its blank line ends in CR, before the next byte comes', () => {
	assert.equal(parsed([bytes('data:a\r\r')]).events.length, 1);
});

test('comments are told, so that pings can be counted', () => {
	assert.equal(parsed([bytes(': ping\n\n:\ndata:a\n\n')]).events.length, 1);
	assert.equal(count(': ping\n\n:\ndata:a\n\n'), 2);
});

test('a line or an event beyond the limit is an error, however it is cut', () => {
	for (const text of ['data:123456789', 'data:123456789\n', 'data:1234\ndata:5678\ndata:9\n']) {
		for (const size of [1, 3, 100]) {
			const parse = eventParser(silent, 10);
			const write = () => cutBy(text, size).forEach((chunk) => parse(chunk));
			assert.throws(write, (e) => e instanceof DataError && e.kind === 'line_too_long', text);
		}
	}
});

test('what fits the limit exactly passes', () => {
	let data: string | undefined;
	const parse = eventParser({ ...silent, block: (_, text) => (data = text) }, 10);
	parse(bytes('data:12345\ndata:1234\n\n'));
	assert.equal(data, '12345\n1234');
});

test('a million empty data lines and ten million bytes of comments are read in linear time', () => {
	let length: number | undefined;
	const parse = eventParser({ ...silent, block: (_, data) => (length = data?.length) }, 2 ** 24);
	const comments = bytes(':\n'.repeat(50_000));
	for (let i = 0; i < 100; i++) parse(comments);
	const lines = bytes('data\n'.repeat(10_000));
	for (let i = 0; i < 100; i++) parse(lines);
	parse(bytes('\n'));
	assert.equal(length, 999_999);
});

const silent: EventSink = { block: () => {}, retry: () => {}, comment: () => {} };

function count(text: string): number {
	let comments = 0;
	eventParser({ ...silent, comment: () => comments++ }, 100)(bytes(text));
	return comments;
}

function cutBy(text: string, size: number): Bytes[] {
	const whole = bytes(text);
	const starts = Array.from({ length: Math.ceil(whole.length / size) }, (_, i) => i * size);
	return starts.map((start) => whole.slice(start, start + size));
}

function bytes(text: string): Bytes {
	return new TextEncoder().encode(text);
}
