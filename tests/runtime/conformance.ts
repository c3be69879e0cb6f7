// The shared cases at every cut, through the parser and the streams that pages use: anywhere.

import { events, records } from '../../scaffolds/client/typescript/runtime.ts';
import { eventParser, type EventSink } from '../../scaffolds/client/typescript/runtime/sse.ts';
import { fetchOf } from './bodies.ts';
import { cutsOf, type ByteCase, type Bytes } from './cases.ts';

export interface EventCase extends ByteCase {
	readonly events: {
		type: string;
		data?: string;
		data_parts?: [text: string, repeat: number][];
		lastEventId: string;
	}[];
	readonly retry: number | null;
	readonly last_event_id_after_eof: string;
}

export interface RecordCase extends ByteCase {
	readonly end: 'clean' | 'reset' | 'cancel';
	readonly items: unknown[];
	readonly items_parts?: [text: string, repeat: number][][];
	readonly items_in_js?: string[];
	readonly error: { kind: string; line: number } | null;
	readonly max_line_bytes?: number;
}

/** How many readings there were, and those that gave something else than the case says. */
export interface Tally {
	readings: number;
	readonly failures: string[];
}

export async function checkEvents(cases: readonly EventCase[]): Promise<Tally> {
	const tally: Tally = { readings: 0, failures: [] };
	for (const testCase of cases) {
		const wanted = eventsOf(testCase);
		for (const [cut, chunks] of cutsOf(testCase)) {
			const name = `${testCase.id} ${testCase.name}, ${cut}`;
			expect(tally, name, parsed(chunks), wanted);
			expect(tally, name, await streamed(chunks), wanted.events);
		}
	}
	return tally;
}

export async function checkRecords(cases: readonly RecordCase[]): Promise<Tally> {
	const tally: Tally = { readings: 0, failures: [] };
	for (const testCase of cases) {
		const wanted = { items: itemsOf(testCase), error: testCase.error };
		for (const [cut, chunks] of cutsOf(testCase)) {
			const found = await recorded(testCase, chunks);
			expect(tally, `${testCase.id} ${testCase.name}, ${cut}`, found, wanted);
		}
	}
	return tally;
}

function expect(tally: Tally, name: string, found: unknown, wanted: unknown): void {
	tally.readings++;
	const [is, ought] = [JSON.stringify(found), JSON.stringify(wanted)];
	if (is !== ought) tally.failures.push(`${name}: ${is.slice(0, 300)} for ${ought.slice(0, 300)}`);
}

/** What `eventParser` finds, with all that a stream keeps to itself. */
export function parsed(chunks: readonly Bytes[]) {
	const found: { type: string; data: string; lastEventId: string }[] = [];
	let retry: number | null = null;
	let lastEventId = '';
	const sink: EventSink = {
		block(type, data, id) {
			lastEventId = id;
			if (data !== undefined) found.push({ type, data, lastEventId });
		},
		retry: (milliseconds) => (retry = milliseconds),
		comment: () => {}
	};
	const parse = eventParser(sink, 2 ** 24);
	for (const chunk of chunks) parse(chunk);
	return { events: found, retry: retry as number | null, lastEventId };
}

async function streamed(chunks: readonly Bytes[]) {
	const fetch = fetchOf(chunks, 'text/event-stream');
	const stream = events('GET', '/', { events: 'any' }, { fetch, baseUrl: 'http://localhost' });
	return Array.fromAsync(stream.events(), ({ type, data, lastEventId }) => ({
		type,
		data,
		lastEventId
	}));
}

export function eventsOf(testCase: EventCase) {
	const found = testCase.events.map(({ type, data, data_parts: parts, lastEventId }) => ({
		type,
		data: data ?? joined(parts),
		lastEventId
	}));
	return { events: found, retry: testCase.retry, lastEventId: testCase.last_event_id_after_eof };
}

/** Items as JSON: it tells -0 from nothing, and keeps an own `__proto__`. */
export async function recorded(testCase: RecordCase, chunks: readonly Bytes[]) {
	const { end, max_line_bytes: maxLineBytes } = testCase;
	const fetch = fetchOf(chunks, 'application/jsonl', end === 'reset' ? 'reset' : 'clean');
	const stream = records('GET', '/', {}, { fetch, maxLineBytes, baseUrl: 'http://localhost' });
	const items: string[] = [];
	try {
		for await (const item of stream) {
			items.push(JSON.stringify(item));
			if (end === 'cancel') break;
		}
	} catch {
		// `closed` has it.
	}
	if (Reflect.has({}, 'polluted')) throw new Error('the prototype of objects was changed');
	const ended = await stream.closed;
	if (ended.reason !== 'error') return { items, error: null };
	const { error } = ended;
	return { items, error: { kind: error.kind, line: 'line' in error ? error.line : undefined } };
}

export function itemsOf(testCase: RecordCase): string[] {
	if (testCase.items_in_js) return testCase.items_in_js;
	const long = testCase.items_parts?.map(joined);
	return (long ?? testCase.items).map((item) => JSON.stringify(item));
}

function joined(parts: readonly [text: string, repeat: number][] = []): string {
	return parts.map(([text, repeat]) => text.repeat(repeat)).join('');
}
