// Dates: which texts are some, what is left alone, and what is told of one that is none.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
	events,
	json,
	records,
	type DatesAsText
} from '../../scaffolds/client/typescript/runtime.ts';
import {
	asIs,
	byKind,
	byTag,
	date,
	each,
	fields,
	nullable,
	places,
	values,
	type Revive
} from '../../scaffolds/client/typescript/runtime/dates.ts';
import { DataError } from '../../scaffolds/client/typescript/runtime/errors.ts';

const TEXT = '2026-01-01T00:00:00Z';
const NOT_A_DATE = `${TEXT}<script>`;

const DATES: Record<string, string> = {
	'2026-11-21T04:30:00Z': '2026-11-21T04:30:00.000Z',
	'2026-11-21T04:30:00+05:30': '2026-11-20T23:00:00.000Z',
	'2026-11-21T04:30:00-12:00': '2026-11-21T16:30:00.000Z',
	// Digits that JavaScript has no room for are cut off, not rounded.
	'2026-11-21T04:30:00.1Z': '2026-11-21T04:30:00.100Z',
	'2026-11-21T04:30:00.123999Z': '2026-11-21T04:30:00.123Z',
	'2026-11-21T04:30:00.999999+01:00': '2026-11-21T03:30:00.999Z',
	// Without a zone it is UTC, wherever it is read.
	'2026-11-21T04:30:00': '2026-11-21T04:30:00.000Z',
	'2026-11-21T04:30:00.123456': '2026-11-21T04:30:00.123Z',
	// As `str(datetime)` has it.
	'2026-11-21 04:30:00+00:00': '2026-11-21T04:30:00.000Z',
	'2024-02-29T00:00:00Z': '2024-02-29T00:00:00.000Z',
	'0001-01-01T00:00:00+14:00': '0000-12-31T10:00:00.000Z',
	'9999-12-31T23:59:59.999999-12:00': '+010000-01-01T11:59:59.999Z'
};

const NO_DATES: unknown[] = [
	...[NOT_A_DATE, `<b>${TEXT}`, `${TEXT}\n`, `\n${TEXT}`, ` ${TEXT}`, '9999999-13-45', ''],
	...[
		'2026-02-30T00:00:00Z',
		'2025-02-29T00:00:00Z',
		'2026-13-01T00:00:00Z',
		'2026-00-10T00:00:00Z'
	],
	...[
		'2026-01-32T00:00:00Z',
		'2026-01-01T24:00:00Z',
		'2026-01-01T23:60:00Z',
		'2026-01-01T23:59:60Z'
	],
	...[
		'2026-01-01T00:00:00+99:99',
		'2026-01-01',
		'10:00:00',
		'10000-01-01T00:00:00Z',
		'-000001-01-01'
	],
	...[
		'2026-01-01T00:00:00z (now)',
		'Thu, 01 Jan 2026 00:00:00 GMT',
		'1767225600',
		'Invalid Date',
		'now'
	],
	...['٢٠٢٦-01-01T00:00:00Z', '2026-01-01T00:00:00.Z', '2026-01-01T00:00Z'],
	...[1767225600, 0, NaN, true, false, null, undefined, [], [TEXT], {}, { toString: null }]
];

for (const [text, expected] of Object.entries(DATES)) {
	test(`${text} is ${expected}`, () => assert.equal(date(text).toJSON(), expected));
}

for (const value of NO_DATES) {
	test(`${JSON.stringify(value)} is no date, which is a typed error`, () => {
		assert.throws(() => date(value), isInvalid(''));
	});
}

test('an error says where the value stands, and shows it so that it is safe to log', () => {
	const tree: Revive<unknown> = fields({
		at: date,
		children: each((value) => tree(value)),
		by_name: values(nullable(date)),
		pair: places([asIs, date], date)
	});
	const at: Record<string, unknown> = {
		at: { at: NOT_A_DATE },
		'children.1.at': { at: TEXT, children: [{ at: TEXT }, { at: NOT_A_DATE }] },
		'by_name.__proto__': JSON.parse(`{ "by_name": { "a": null, "__proto__": "${NOT_A_DATE}" } }`),
		'pair.1': { pair: [NOT_A_DATE, NOT_A_DATE] },
		'pair.3': { pair: ['', TEXT, TEXT, NOT_A_DATE] }
	};
	for (const [path, value] of Object.entries(at)) {
		assert.throws(() => tree(value), isInvalid(path));
	}
	const steering = JSON.parse('{ "by_name": { "\\u001b[2J": "\\u202e" } }') as unknown;
	assert.throws(
		() => tree(steering),
		(error: DataError) => /^[\x20-\x7e]+$/.test(error.message)
	);
});

test('what is not declared to be a date is left as it came', () => {
	const revive = fields<{ at: Date; rows: Date[] }>({ at: date, rows: each(date) });
	const others = { text: TEXT, nested: { at: TEXT }, list: [TEXT], rows: TEXT };
	assert.deepEqual(revive({ ...others }), others);
	for (const odd of [null, 1, TEXT, [TEXT], [[TEXT]]]) assert.deepEqual(revive(odd), odd);
	for (const odd of [null, 1, TEXT, { 0: TEXT }]) assert.deepEqual(each(date)(odd), odd);
	for (const odd of [null, 1, TEXT]) assert.deepEqual(values(date)(odd), odd);
});

test('a union is told by the kind of its JSON, or by its tag', () => {
	const mixed = byKind({ string: date, array: each(date), object: fields({ at: date }) });
	const found = new Date(TEXT);
	assert.deepEqual(mixed(TEXT), found);
	assert.deepEqual(mixed([TEXT]), [found]);
	assert.deepEqual(mixed({ at: TEXT }), { at: found });
	for (const other of [null, 1, true]) assert.equal(mixed(other), other);
	const tagged = byTag({
		kind: { card: fields({ at: date }), 1: fields({ no: date }), true: date }
	});
	assert.deepEqual(tagged({ kind: 'card', at: TEXT, no: TEXT }), {
		kind: 'card',
		at: found,
		no: TEXT
	});
	assert.deepEqual(tagged({ kind: 1, at: TEXT, no: TEXT }), { kind: 1, at: TEXT, no: found });
	const odd: unknown[] = [
		'cash',
		'__proto__',
		'constructor',
		'toString',
		null,
		{},
		{ toString: null },
		[]
	];
	for (const kind of odd) {
		assert.deepEqual(tagged({ kind, at: TEXT }), { kind, at: TEXT });
	}
	for (const value of [null, 1, TEXT, [TEXT]]) assert.deepEqual(tagged(value), value);
});

test('keys that mean something to JavaScript are keys like all others', () => {
	const hostile = `{
		"__proto__": { "at": "${TEXT}", "admin": true },
		"constructor": { "prototype": { "admin": true } },
		"at": "${TEXT}"
	}`;
	const inner = fields({ at: date });
	for (const revive of [
		fields<any>({ ['__proto__']: inner, at: date }),
		fields<any>({ at: date, ['__proto__']: inner }, asIs),
		byTag({ ['__proto__']: {} })
	]) {
		const found = revive(JSON.parse(hostile)) as Record<string, unknown>;
		assert.equal(Object.getPrototypeOf(found), Object.prototype);
		assert.equal('admin' in found, false);
		assert.deepEqual(Object.keys(found), ['__proto__', 'constructor', 'at']);
	}
	const read = fields<any>({ ['__proto__']: inner })(JSON.parse(hostile)) as object;
	const own = Object.getOwnPropertyDescriptor(read, '__proto__')?.value as { at: unknown };
	assert.deepEqual(own.at, new Date(TEXT));
	const all = values(fields({ admin: date }));
	assert.throws(() => all(JSON.parse(hostile)), isInvalid('__proto__.admin'));
	assert.equal('admin' in {}, false);
});

test('an answer in one piece, with a date that is none, is refused', async () => {
	const parts = { revive: fields({ t: date }) };
	const answer = (text: string) => ({ baseUrl: 'http://x', fetch: async () => jsonOf(text) });
	assert.deepEqual(await json('GET', '/', parts, answer(`{ "t": "${TEXT}" }`)), {
		t: new Date(TEXT)
	});
	for (const text of [NOT_A_DATE, '9999999-13-45']) {
		await assert.rejects(
			json('GET', '/', parts, answer(JSON.stringify({ t: text }))),
			isInvalid('t')
		);
	}
	assert.equal(await json('GET', '/', parts, answer('')), undefined);
});

test('records before one with a wrong date arrive, and that one ends the stream', async () => {
	const body = `{"t":"${TEXT}"}\n{"t":"${NOT_A_DATE}"}\n{"t":"${TEXT}"}\n`;
	const fetch = async () =>
		new Response(body, { headers: { 'content-type': 'application/jsonl' } });
	const stream = records<{ t: Date }>(
		'GET',
		'/',
		{ revive: fields({ t: date }) },
		{ baseUrl: 'http://x', fetch }
	);
	const found: unknown[] = [];
	await assert.rejects(async () => {
		for await (const item of stream) found.push(item);
	}, isInvalid('t'));
	assert.deepEqual(found, [{ t: new Date(TEXT) }]);
	assert.equal((await stream.closed).reason, 'error');
});

test('each name of an event has its own dates, and no other name has any', async () => {
	const data = `data: {"t":"${TEXT}"}\n\n`;
	const body = ['made', 'said', 'constructor', '__proto__', 'left'].map(
		(name) => `event: ${name}\n${data}`
	);
	const fetch = async () =>
		new Response(body.join(''), { headers: { 'content-type': 'text/event-stream' } });
	const unknown: unknown[] = [];
	const stream = events(
		'GET',
		'/',
		{ events: { made: fields({ t: date }), said: 'json', left: 'text' } },
		{
			baseUrl: 'http://x',
			fetch,
			onUnknown: ({ type, value }) => unknown.push([type, value])
		}
	);
	const found = [];
	for await (const event of stream.events()) found.push([event.type, event.value]);
	assert.deepEqual(found, [
		['made', { t: new Date(TEXT) }],
		['said', { t: TEXT }],
		['left', `{"t":"${TEXT}"}`]
	]);
	assert.deepEqual(unknown, [
		['constructor', { t: TEXT }],
		['__proto__', { t: TEXT }]
	]);
});

test('the value of an event with a wrong date throws each time, and its text can be read', async () => {
	const fetch = async () =>
		new Response(`data: ["${TEXT}","${NOT_A_DATE}"]\n\n`, {
			headers: { 'content-type': 'text/event-stream' }
		});
	const parts = { events: { message: each(date) } };
	for await (const event of events('GET', '/', parts, { baseUrl: 'http://x', fetch }).events()) {
		assert.throws(() => event.value, isInvalid('1'));
		assert.throws(() => event.value, isInvalid('1'));
		assert.match(event.data, /script/);
	}
});

test('what came without its dates has a type that says so', () => {
	interface Item {
		at: Date;
		maybe?: Date | null;
		list: [Date, ...{ at: Date }[]];
		any: unknown;
	}
	const text: DatesAsText<Item> = { at: '', maybe: null, list: ['', { at: '' }], any: 1 };
	// @ts-expect-error it is text
	text.at.getTime?.();
	assert.ok(text);
});

function isInvalid(path: string): (error: unknown) => boolean {
	return (error) => {
		assert.ok(error instanceof DataError);
		assert.equal(error.kind, 'invalid_date');
		assert.equal(error.path, path);
		assert.ok(error.message.includes(path));
		return true;
	};
}

function jsonOf(text: string): Response {
	return new Response(text, { headers: { 'content-type': 'application/json' } });
}
