// The types that live() gives.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
	download,
	events,
	records,
	text,
	type ServerEvent
} from '../../scaffolds/client/typescript/runtime.ts';
import { live } from './live.page.ts';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
const holds = <_ extends true>() => {};

test('an item has the type that a loop would give it', () => {
	type Named = ServerEvent<'token', { text: string }> | ServerEvent<'usage', { tokens: number }>;
	const question = '' as string;
	const chat = live(() => question && events<Named>('POST', '/', {}));
	holds<Same<typeof chat.current, { text: string } | { tokens: number } | undefined>>();
	const named = live(() => question && events<Named>('POST', '/', {}).events());
	holds<Same<typeof named.items, readonly Named[]>>();
	const list = live(() => records<{ id: number }>('GET', '/', {}), { initial: [{ id: 1 }] });
	holds<Same<typeof list.items, readonly { id: number }[]>>();
	const log = live(() => text('GET', '/', {}).lines(), { initial: 'started', max: 9 });
	holds<Same<typeof log.current, string | undefined>>();
	const file = live(() => download('GET', '/', {}));
	holds<Same<typeof file.current, Uint8Array<ArrayBuffer> | undefined>>();
	// @ts-expect-error: an item is a number
	live(() => records<number>('GET', '/', {}), { initial: 'none' });
	// @ts-expect-error: no stream
	assert.throws(() => live(() => [1, 2]).items);
});
