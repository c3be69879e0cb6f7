// Copied by fluidkit. Changes to this file are overwritten.
// Text as it comes, or line by line.

import { notify } from './callbacks.ts';
import type { Decoder } from './connection.ts';
import type { StreamOptions } from './life.ts';
import type { Call, Parts } from './request.ts';
import { Stream, type Loop } from './stream.ts';

export interface TextOptions extends StreamOptions {
	/** Called with every piece of text, as it comes. */
	readonly onChunk?: ((chunk: string) => void) | undefined;
}

/** The stream of a route that answers with text. */
export function text(
	method: string,
	template: string,
	parts: Parts,
	options: TextOptions = {}
): TextStream {
	return new TextStream({ method, template, parts }, options);
}

/** Iterated, it gives the pieces as they come, never with half a character; `lines()` gives lines. */
export class TextStream extends Stream<string> implements AsyncIterable<string> {
	readonly #options: TextOptions;

	constructor(call: Call, options: TextOptions) {
		super(call, options, 'never');
		this.#options = options;
	}

	[Symbol.asyncIterator](): Loop<string> {
		return this.iterate((chunk) => chunk);
	}

	/** The lines without their ends, LF or CRLF; the last one counts also without. */
	lines(): Loop<string> {
		const lines = this.#split(this.iterate((chunk) => chunk));
		const iterator: Loop<string> = {
			stream: this,
			loop: 'lines',
			next: () => lines.next(),
			// A generator's own would wait until the next chunk has come.
			return: async () => {
				this.close();
				return { done: true, value: undefined };
			},
			[Symbol.asyncIterator]: () => iterator
		};
		return iterator;
	}

	async *#split(chunks: AsyncIterable<string>): AsyncGenerator<string, undefined> {
		let pieces: string[] = [];
		for await (const chunk of chunks) {
			let start = 0;
			for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', start)) {
				pieces.push(chunk.slice(start, end));
				yield pieces.join('').replace(/\r$/, '');
				pieces = [];
				start = end + 1;
			}
			if (start < chunk.length) pieces.push(chunk.slice(start));
		}
		const { reason } = await this.closed;
		if (pieces.length && reason === 'complete') yield pieces.join('').replace(/\r$/, '');
	}

	override headers(): Record<string, string> {
		return { accept: 'text/*, */*;q=0.1' };
	}

	protected override decode(_response: Response, add: (chunk: string) => void): Decoder {
		const decoder = new TextDecoder();
		const addText = (chunk: string) => void (chunk && add(chunk));
		return {
			write: (chunk) => addText(decoder.decode(chunk, { stream: true })),
			end: () => addText(decoder.decode())
		};
	}

	protected override deliver(chunk: string): boolean {
		notify(this.#options.onChunk, chunk);
		return true;
	}
}
