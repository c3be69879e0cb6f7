// live() while a server renders: what `load` gave, and nothing opened.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileFor } from './live.compiler.ts';

await compileFor('server');
const { render } = await import('svelte/server');
const { default: Clock } = await import('./live_clock.svelte');

const open = () => assert.fail('the function of live() ran on the server');

function shown(initial?: number | number[]): string {
	const { body } = render(Clock, { props: { open, initial } });
	return body.replace(/<!--.*?-->/g, '').trim();
}

test('a server renders the initial items', () => {
	assert.match(shown([1, 2]), /^<p>idle 2 <\/p>\s*<b>1<\/b><b>2<\/b>$/);
	assert.match(shown(1), /^<p>idle 1 <\/p>\s*<b>1<\/b>$/);
});

test('without initial items it renders none', () => {
	assert.equal(shown(), '<p>idle  </p>');
});
