// Addresses: one segment stays one segment, and nothing leaves the origin.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathOf, InvalidRequest, json, url } from '../../scaffolds/client/typescript/runtime.ts';
import { readCases } from './cases.ts';

interface Hostile {
	readonly n: number;
	readonly class: string;
	readonly where: string;
	readonly input: string;
}

const BASE = 'https://api.example';

const inputs = readCases<{ inputs: Hostile[] }>('adversarial.json').inputs.filter(
	(hostile) => hostile.class === 'client URL building'
);

for (const { n, where, input } of inputs) {
	const value = input.includes('surrogate') ? '\ud800' : input;
	if (where.startsWith('base URL')) continue;
	test(`hostile input ${n}: ${JSON.stringify(input)} stays one segment or is refused`, () => {
		const address = tried(() => url('/users/{name}', { path: { name: value } }, { baseUrl: BASE }));
		if (address) assert.equal(segmentsOf(address, 'users').join('/'), value);
	});
	test(`hostile input ${n}: ${JSON.stringify(input)} as a path stays below its prefix`, () => {
		const parts = { path: { name: value } };
		const address = tried(() => url('/files/{name:path}', parts, { baseUrl: BASE }));
		if (address) assert.equal(segmentsOf(address, 'files').join('/'), value);
	});
	test(`hostile input ${n}: ${JSON.stringify(input)} at the start of the path is refused or stays`, () => {
		const address = tried(() => url('/{name:path}', { path: { name: value } }, { baseUrl: BASE }));
		if (address) assert.equal(new URL(address).origin, BASE);
		const relative = tried(() => url('/{name:path}', { path: { name: value } }));
		if (relative) assert.equal(new URL(relative, 'https://page.example').host, 'page.example');
	});
}

/** Pieces that addresses are steered with: joined at random, they make inputs of the same kinds. */
const PIECES = [
	...[
		'.',
		'..',
		'/',
		'//',
		'\\',
		'%2e',
		'%2F',
		'%5c',
		'%00',
		'%',
		'?',
		'#',
		'@',
		':',
		';',
		'&',
		'='
	],
	...[
		'\t',
		'\n',
		'\r',
		' ',
		'\0',
		'\u202e',
		'\u2028',
		'\u3002',
		'\uff0f',
		'\ud800',
		'\udc00',
		'😀',
		'é'
	],
	...[
		'evil.example',
		'https:',
		'http://',
		'javascript:',
		'data:',
		'user:pass@',
		'[::1]',
		'127.1',
		'{name}',
		'a'
	]
];

test('whatever pieces a value has, it stays in its place byte for byte, or is refused', () => {
	const random = randomOf(7);
	let kept = 0;
	for (let round = 0; round < 5_000; round++) {
		const length = 1 + (random() % 4);
		const name = Array.from({ length }, () => PIECES[random() % PIECES.length]).join('');
		const one = tried(() => url('/users/{name}/x', { path: { name } }, { baseUrl: BASE }));
		if (one) assert.deepEqual(segmentsOf(one, 'users'), [name, 'x']);
		const many = tried(() => url('/{name:path}', { path: { name } }, { baseUrl: BASE }));
		if (many) assert.equal(decodeURIComponent(new URL(many).pathname), `/${name}`);
		const relative = tried(() => url('/{name:path}', { path: { name } }));
		if (relative) assert.equal(new URL(relative, 'https://page.example/a/').host, 'page.example');
		const query = tried(() => url('/x', { query: { [name]: name } }, { baseUrl: BASE }));
		if (query) assert.deepEqual([...new URL(query).searchParams], [[name, name]]);
		if (query) assert.equal(new URL(query).pathname + new URL(query).hash, '/x');
		kept += Number(one !== undefined);
		for (const baseUrl of [name, `https://${name}`, `${BASE}${name}`, `/${name}`]) {
			const based = tried(() => url('/x', {}, { baseUrl }));
			if (based) assert.ok(isSafeBase(based, baseUrl), `${JSON.stringify(baseUrl)}: ${based}`);
		}
	}
	assert.ok(kept > 1_000);
});

/** It leads where the base says in so many letters: to that host, or to the page's own; or nowhere. */
function isSafeBase(address: string, baseUrl: string): boolean {
	if (!URL.canParse(address, 'https://page.example')) return true;
	const found = new URL(address, 'https://page.example');
	if (!/^https?:$/.test(found.protocol) || found.username || found.search || found.hash)
		return false;
	const named = /^https?:\/\/([^/]+)/i.exec(baseUrl)?.[1] ?? 'page.example';
	return found.host === new URL(`http://${named}`).host && found.pathname.endsWith('/x');
}

/** Numbers that are the same in every run. */
function randomOf(seed: number): () => number {
	let state = seed;
	return () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 8;
}

test('empty, dot and slash segments are refused before any request', async () => {
	const fetch = () => assert.fail('a request was made');
	for (const name of ['', '.', '..', 'a/b', '/', '\ud800', null, undefined]) {
		const call = json('GET', '/users/{name}', { path: pathOf({ name }) }, { fetch });
		await assert.rejects(call, (e) => e instanceof InvalidRequest && e.kind === 'request');
	}
	for (const name of ['a//b', '../b', 'a/./b', '/a', 'a/']) {
		assert.throws(() => url('/files/{name:path}', { path: { name } }), InvalidRequest);
	}
});

test('every other text reaches its place byte for byte', () => {
	for (const name of [
		'a b',
		'%2e%2e',
		'...',
		'?x=1',
		'#',
		'\\..',
		'é€😀',
		' ',
		';',
		'@',
		'\0',
		'+'
	]) {
		const address = new URL(url('/users/{name}', { path: { name } }, { baseUrl: BASE }));
		assert.deepEqual(address.pathname.split('/').slice(2).map(decodeURIComponent), [name]);
		assert.equal(address.search + address.hash, '');
	}
});

test('convertors other than path take one segment', () => {
	assert.equal(url('/items/{id:int}/x', { path: { id: 7 } }), '/items/7/x');
	assert.equal(url('/files/{name:path}', { path: { name: 'a b/c' } }), '/files/a%20b/c');
	assert.equal(url('/{a}-{b}.json', { path: { a: 1, b: 'x' } }), '/1-x.json');
});

test('query values are written as FastAPI reads them', () => {
	const query = {
		text: 'a b&c=d+é',
		none: undefined,
		nothing: null,
		list: ['x', 'y', null],
		empty: [],
		flag: false,
		number: 0,
		when: new Date(0)
	};
	const address = url('/x', { query });
	assert.equal(
		address,
		'/x?text=a%20b%26c%3Dd%2B%C3%A9&list=x&list=y&flag=false&number=0&when=1970-01-01T00%3A00%3A00.000Z'
	);
	const read = new URL(address, BASE).searchParams;
	assert.deepEqual(read.getAll('list'), ['x', 'y']);
	assert.equal(read.get('text'), query.text);
	assert.equal(url('/x', { query: { 'a b&c': 1 } }), '/x?a%20b%26c=1');
	assert.throws(() => url('/x', { query: { q: '\udc00' } }), InvalidRequest);
	assert.throws(() => url('/x', { query: { when: new Date(NaN) } }), InvalidRequest);
	assert.throws(() => url('/x/{when}', { path: { when: new Date(NaN) } }), InvalidRequest);
});

test('the base address is http, https or a path, and nothing else', () => {
	assert.equal(url('/x', {}, { baseUrl: 'http://h:8000/' }), 'http://h:8000/x');
	assert.equal(url('/x', {}, { baseUrl: 'https://h/prefix/' }), 'https://h/prefix/x');
	assert.equal(url('/x', {}, { baseUrl: '/prefix' }), '/prefix/x');
	assert.equal(url('/x', {}, { baseUrl: '' }), '/x');
	const refused = ['file:///etc/passwd', 'javascript:alert(1)', '//evil.example', 'api', '/\\evil'];
	for (const baseUrl of [...refused, 'https://user:secret@h', 'http://', 'https:evil.example']) {
		assert.throws(() => url('/x', {}, { baseUrl }), InvalidRequest, baseUrl);
	}
});

test('a relative address outside a page is refused with what to do', async () => {
	await assert.rejects(json('GET', '/x', {}), /configure\(\{ baseUrl \}\)/);
});

function segmentsOf(address: string, prefix: string): string[] {
	const { origin, pathname } = new URL(address);
	assert.equal(origin, BASE);
	const [root, first, ...rest] = pathname.split('/');
	assert.deepEqual([root, first], ['', prefix]);
	return rest.map(decodeURIComponent);
}

function tried(make: () => string): string | undefined {
	try {
		return make();
	} catch (error) {
		assert.ok(error instanceof InvalidRequest);
		return undefined;
	}
}
