// JSON lines as a stream of typed items.

import { notify } from './callbacks.ts';
import { recordParser } from './jsonl.ts';
import type { Loop, Stream } from './kind.ts';
import type { StreamOptions } from './life.ts';
import type { Reconnect } from './reconnect.ts';
import { expectType, type Parts } from './request.ts';
import { openStream } from './stream.ts';

export interface RecordOptions<T = unknown> extends StreamOptions {
	/** Called with every item. */
	readonly onChunk?: ((item: T) => void) | undefined;
	/** 'never' unless given: JSON lines have no ids, so that a new connection starts over. */
	readonly reconnect?: Reconnect | undefined;
	/** The longest line, in bytes: 16 Mi unless given. */
	readonly maxLineBytes?: number | undefined;
}

/** Iterated, it gives one item a line. */
export interface RecordStream<T = unknown> extends Stream, AsyncIterable<T> {
	[Symbol.asyncIterator](): Loop<T>;
}

const MEDIA_TYPE = /^(application|text)\/(x-)?(ndjson|jsonl|json-?lines|stream\+json) *(;|$)/i;

/** The stream of a route that answers with JSON lines. */
export function records<T>(
	method: string,
	template: string,
	parts: Parts,
	options: RecordOptions<T> = {}
): RecordStream<T> {
	const call = { method, template, parts };
	const { revive = (item) => item } = parts;
	const { reconnect = 'never', maxLineBytes = 2 ** 24, onChunk } = options;
	const { stream, iterate } = openStream<T>({
		open: records,
		call,
		options,
		reconnect,
		headers: () => ({ accept: 'application/jsonl, application/x-ndjson' }),
		decode(response, add) {
			expectType(call, response, MEDIA_TYPE);
			return recordParser((item) => add(revive(item) as T), maxLineBytes);
		},
		deliver(item) {
			notify(onChunk, item);
			return true;
		}
	});
	return Object.assign(stream, {
		[Symbol.asyncIterator]: () => iterate((item) => item)
	});
}
