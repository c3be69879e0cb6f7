// A sample of the random streams that our parser and eventsource-parser are to read alike.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from './differential.ts';

const SAMPLE = 10_000;

test('random streams, cut at random, are read as by eventsource-parser', () => {
	const { events, explained, differences } = compare(0, SAMPLE);
	assert.deepEqual(differences, []);
	assert.ok(events > SAMPLE, `only ${events} events were compared`);
	for (const [rule, count] of explained) assert.ok(count > 0, `nothing shows that ${rule}`);
});
