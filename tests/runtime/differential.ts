// Random streams, cut at random, read by our parser and by eventsource-parser: both are to find the
// same. Where it deviates from the specification on purpose, a rule says how, and is checked.

import { createParser } from '../typescript/node_modules/eventsource-parser/dist/index.js';
import { eventParser, type EventSink } from '../../scaffolds/client/typescript/runtime/sse.ts';
import type { Bytes } from './cases.ts';

/** What a parser finds, in the order of the stream. */
export type Found = readonly (
	| { readonly type: string; readonly data: string; readonly lastEventId: string }
	| { readonly retry: number }
	| { readonly resumesAfter: string }
)[];

export interface Difference {
	readonly seed: number;
	readonly chunks: readonly string[];
	readonly ours: Found;
	readonly theirs: Found;
}

export interface Outcome {
	readonly events: number;
	/** How often a rule explained a difference. */
	readonly explained: ReadonlyMap<string, number>;
	/** What no rule explains. */
	readonly differences: readonly Difference[];
}

/** The streams of `count` seeds from `first` on, each read by both. */
export function compare(first: number, count: number): Outcome {
	const explained = new Map(RULES.map(({ name }) => [name, 0]));
	const differences: Difference[] = [];
	let events = 0;
	for (let seed = first; seed < first + count; seed++) {
		const random = randomOf(seed);
		const bytes = stream(random);
		const sizes = cuts(bytes, random);
		const chunks = cut(bytes, sizes);
		const ours = readByUs(chunks);
		const theirs = readByThem(chunks);
		events += ours.length - 1;
		if (same(ours, theirs)) continue;
		const rule = RULES.find(({ apply }) => {
			const instead = apply(bytes);
			return instead && same(readByUs(cut(instead, sizes)), theirs);
		});
		if (rule) explained.set(rule.name, (explained.get(rule.name) ?? 0) + 1);
		else differences.push({ seed, chunks: chunks.map(shown), ours, theirs });
	}
	return { events, explained, differences };
}

/**
 * How eventsource-parser deviates: each rule makes of a stream the one that it reads instead, in
 * which we must then find what it finds.
 */
const RULES: readonly Rule[] = [
	{
		// The decoder before it drops one; it drops another, and one that was encoded twice.
		name: 'a second byte-order mark at the start is dropped',
		apply: (bytes) => {
			const text = new TextDecoder().decode(bytes);
			if (!/^(\ufeff|ï»¿)/.test(text)) return undefined;
			return new TextEncoder().encode(text.replace(/^(\ufeff|ï»¿)/, '\ufeff'));
		}
	}
];

interface Rule {
	readonly name: string;
	/** Undefined for a stream that it says nothing of. */
	apply(bytes: Bytes): Bytes | undefined;
}

function readByUs(chunks: readonly Bytes[]): Found {
	const found: Found[number][] = [];
	let resumesAfter = '';
	const sink: EventSink = {
		block(type, data, lastEventId) {
			resumesAfter = lastEventId;
			if (data !== undefined) found.push({ type, data, lastEventId });
		},
		retry: (retry) => found.push({ retry }),
		comment: () => {}
	};
	const parse = eventParser(sink, 2 ** 24);
	for (const chunk of chunks) parse(chunk);
	return [...found, { resumesAfter }];
}

function readByThem(chunks: readonly Bytes[]): Found {
	const found: Found[number][] = [];
	let lastEventId = '';
	const parser = createParser({
		onEvent: ({ event, data }) => void found.push({ type: event ?? 'message', data, lastEventId }),
		onId: (id) => void (lastEventId = id),
		onRetry: (retry) => void found.push({ retry })
	});
	// As TextDecoderStream does, which its own documentation puts before it.
	const decoder = new TextDecoder();
	for (const chunk of chunks) parser.feed(decoder.decode(chunk, { stream: true }));
	return [...found, { resumesAfter: lastEventId }];
}

function same(one: Found, other: Found): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}

type Random = (below: number) => number;

const NAMES = [
	'data',
	'event',
	'id',
	'retry',
	'dat',
	'datax',
	'Data',
	'ids',
	'retr',
	'',
	'x',
	' data'
];
const COLONS = [':', ': ', ':  ', '', ' :', '::', ':\t'];
const VALUES = [
	'',
	'a',
	'{"n":1}',
	'[DONE]',
	'12',
	'007',
	'1e3',
	'-1',
	'١٢',
	'9'.repeat(30),
	'é',
	'€\u2028',
	'😀',
	'\0',
	'a\0b',
	' ',
	'\ufeff',
	'ï»¿',
	'x'.repeat(300)
];
const ENDS = ['\n', '\n', '\n', '\r\n', '\r', '\n\n', '\n\n', '\r\r', '\r\n\r\n', '\n\r', ''];
const MARKS = ['', '', '', '', '\ufeff', '\ufeff\ufeff', 'ï»¿', '\ufeffï»¿'];
/** No UTF-8, or only a part of a character. */
const BROKEN = [0xff, 0xc3, 0xe2, 0x82, 0xf0, 0xed, 0xef, 0xbb, 0xbf, 0x00];

function stream(random: Random): Bytes {
	const pick = (from: readonly string[]) => from[random(from.length)] ?? '';
	let text = pick(MARKS);
	for (let lines = random(20); lines >= 0; lines--) {
		// Mostly what a server would send, so that there are events.
		const name = random(3) ? pick(NAMES.slice(0, 4)) : pick(NAMES);
		text +=
			name + (random(3) ? pick(COLONS.slice(0, 2)) : pick(COLONS)) + pick(VALUES) + pick(ENDS);
	}
	const bytes = new TextEncoder().encode(text);
	for (let damages = random(4) ? 0 : random(3); damages > 0; damages--) {
		bytes[random(bytes.length)] = BROKEN[random(BROKEN.length)] ?? 0;
	}
	return bytes;
}

/** The sizes of the chunks: of all, of a byte each, or as it comes, also of nothing. */
function cuts(bytes: Bytes, random: Random): number[] {
	const sizes: number[] = [];
	const longest = [bytes.length, 1, 2, 5, 40][random(5)] ?? 1;
	for (let at = 0; at < bytes.length; at += sizes.at(-1) ?? 0) {
		sizes.push(longest === 1 ? 1 : random(longest + 1));
	}
	return sizes;
}

/** What is left after the last size is a chunk too. */
function cut(bytes: Bytes, sizes: readonly number[]): Bytes[] {
	let at = 0;
	const chunks = sizes.map((size) => bytes.slice(at, (at += size)));
	return [...chunks, bytes.slice(at)];
}

/** Mulberry32: small, and alike on every machine. */
function randomOf(seed: number): Random {
	let state = seed;
	return (below) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
	};
}

function shown(chunk: Bytes): string {
	return Buffer.from(chunk).toString('latin1');
}
