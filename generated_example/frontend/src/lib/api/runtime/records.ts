// Copied by fluidkit. Changes to this file are overwritten.
// JSON lines as a stream of typed items.

import { notify } from './callbacks.ts';
import type { Decoder } from './connection.ts';
import { RecordParser } from './jsonl.ts';
import type { StreamOptions } from './life.ts';
import type { Reconnect } from './reconnect.ts';
import { expectType, type Call, type Parts } from './request.ts';
import { Stream, type Loop } from './stream.ts';

export interface RecordOptions<T = unknown> extends StreamOptions {
	/** Called with every item. */
	readonly onChunk?: ((item: T) => void) | undefined;
	/** 'never' unless given: JSON lines have no ids, so that a new connection starts over. */
	readonly reconnect?: Reconnect | undefined;
	/** The longest line, in bytes: 16 Mi unless given. */
	readonly maxLineBytes?: number | undefined;
}

/** The stream of a route that answers with JSON lines. */
export function records<T>(
	method: string,
	template: string,
	parts: Parts,
	options: RecordOptions<T> = {}
): RecordStream<T> {
	return new RecordStream({ method, template, parts }, options);
}

/** Iterated, it gives one item a line. */
export class RecordStream<T = unknown> extends Stream<T> implements AsyncIterable<T> {
	readonly #options: RecordOptions<T>;

	constructor(call: Call, options: RecordOptions<T>) {
		super(call, options, options.reconnect ?? 'never');
		this.#options = options;
	}

	[Symbol.asyncIterator](): Loop<T> {
		return this.iterate((item) => item);
	}

	override headers(): Record<string, string> {
		return { accept: 'application/jsonl, application/x-ndjson' };
	}

	protected override decode(response: Response, add: (item: T) => void): Decoder {
		expectType(
			this.call,
			response,
			/^(application|text)\/(x-)?(ndjson|jsonl|json-?lines|stream\+json)$/
		);
		const { revive = (item) => item } = this.call.parts;
		return new RecordParser(
			(item) => add(revive(item) as T),
			this.#options.maxLineBytes ?? 2 ** 24
		);
	}

	protected override deliver(item: T): boolean {
		notify(this.#options.onChunk, item);
		return true;
	}
}
