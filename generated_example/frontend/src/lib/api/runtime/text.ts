// Copied by fluidkit. Changes to this file are overwritten.
// Text as it comes, or line by line.

import { notify } from './callbacks.ts';
import type { Loop, Stream } from './kind.ts';
import type { StreamOptions } from './life.ts';
import { expectType, type Parts } from './request.ts';
import { openStream } from './stream.ts';

export interface TextOptions extends StreamOptions {
	/** Called with every piece of text, as it comes. */
	readonly onChunk?: ((chunk: string) => void) | undefined;
}

/** Iterated, it gives the pieces as they come, never with half a character; `lines()` gives lines. */
export interface TextStream extends Stream, AsyncIterable<string> {
	[Symbol.asyncIterator](): Loop<string>;
	/** The lines without their ends, LF or CRLF; the last one counts also without. */
	lines(): Loop<string>;
}

const TEXT = /^(text\/|no type)/i;
/** HTML that nobody declared is somebody else's page: a proxy's, or a login. */
const PLAIN_TEXT = /^(text\/(?!html)|no type)/i;

/** The stream of a route that answers with text. */
export function text(
	method: string,
	template: string,
	parts: Parts,
	options: TextOptions = {}
): TextStream {
	const { stream, iterate } = openStream<string>({
		open: text,
		call: { method, template, parts },
		options,
		reconnect: 'never',
		headers: () => ({ accept: 'text/*, */*;q=0.1' }),
		decode(response, add) {
			expectType({ method, template, parts }, response, parts.html ? TEXT : PLAIN_TEXT);
			const decoder = new TextDecoder();
			return {
				read(chunk) {
					const piece = decoder.decode(chunk, { stream: chunk !== undefined });
					if (piece) add(piece);
				}
			};
		},
		deliver(chunk) {
			notify(options.onChunk, chunk);
			return true;
		}
	});
	const chunks = () => iterate((chunk) => chunk);

	function lines(): Loop<string> {
		const chunksOfLines = chunks();
		const lines = split(chunksOfLines, stream);
		const iterator: Loop<string> = {
			stream,
			loop: 'lines',
			next: () => lines.next(),
			// A generator's own would wait until the next chunk has come.
			return: chunksOfLines.return,
			[Symbol.asyncIterator]: () => iterator
		};
		return iterator;
	}

	return Object.assign(stream, { lines, [Symbol.asyncIterator]: chunks });
}

async function* split(
	chunks: AsyncIterable<string>,
	stream: Stream
): AsyncGenerator<string, undefined> {
	let pieces: string[] = [];
	for await (const chunk of chunks) {
		const [first = '', ...more] = chunk.split('\n');
		pieces.push(first);
		for (const next of more) {
			yield pieces.join('').replace(/\r$/, '');
			// Left or aborted meanwhile: the next chunk says which.
			if (stream.state === 'closed') break;
			pieces = [next];
		}
	}
	const { reason } = await stream.closed;
	const last = pieces.join('');
	if (last && reason === 'complete') yield last.replace(/\r$/, '');
}
