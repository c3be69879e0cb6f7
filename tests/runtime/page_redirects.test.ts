// Redirects in a browser: it is told to refuse by itself those that lead to another origin.

import assert from 'node:assert/strict';
import { test } from 'node:test';

// Before the runtime looks where it is.
Reflect.set(globalThis, 'location', new URL('https://shop.example/items/?page=2'));
const { json } = await import('../../scaffolds/client/typescript/runtime.ts');

async function sent(baseUrl: string | undefined) {
	let init: RequestInit | undefined;
	const fetch = (_: unknown, given?: RequestInit) => {
		init = given;
		return Promise.resolve(Response.json(1));
	};
	await json('GET', '/x', {}, { fetch, baseUrl });
	return { mode: init?.mode, redirect: init?.redirect };
}

test("the page's own origin is asked as such, so that no other follows", async () => {
	for (const baseUrl of [
		undefined,
		'',
		'/api',
		'https://shop.example',
		'https://SHOP.example:443/v1'
	]) {
		assert.deepEqual(await sent(baseUrl), { mode: 'same-origin', redirect: undefined });
	}
});

test('another origin may lead nowhere', async () => {
	for (const baseUrl of [
		'https://api.example',
		'http://shop.example',
		'https://shop.example:8443'
	]) {
		assert.deepEqual(await sent(baseUrl), { mode: undefined, redirect: 'error' });
	}
});
