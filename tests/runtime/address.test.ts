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
