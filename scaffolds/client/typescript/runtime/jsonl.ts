// Parses JSON lines: one JSON value a line, and nothing that only looks like one.

import { DataError } from './errors.ts';
import { Pieces } from './pieces.ts';

const LINE_FEED = 0x0a;

/**
 * One connection's parser: `write` takes its chunks, `end` its clean end.
 *
 * A line ends in LF; a CR before it is white space. Blank lines are skipped, one BOM at the start
 * is dropped. Both methods throw `DataError` for the first line that is not JSON in UTF-8, after
 * the values before it were delivered; the parser is of no use afterwards.
 */
export class RecordParser {
	/** The line that is being read, from 1. */
	line = 1;

	readonly #deliver: (item: unknown) => void;
	readonly #limit: number;
	/** Strict, and with no BOM rule of its own. */
	readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
	/** Of a line that has not ended. */
	readonly #held = new Pieces(joined);

	/** `limit` is in bytes. */
	constructor(deliver: (item: unknown) => void, limit: number) {
		this.#deliver = deliver;
		this.#limit = limit;
	}

	/** Lines are decoded once they are whole: no line break lies inside a character. */
	write(chunk: Uint8Array): void {
		// indexOf is many times faster than lastIndexOf, and most pieces of a long line have none.
		const end = chunk.indexOf(LINE_FEED) === -1 ? 0 : chunk.lastIndexOf(LINE_FEED) + 1;
		if (end > 0) {
			this.#held.add(chunk.subarray(0, end));
			this.#readLines(this.#held.take());
		}
		if (end === chunk.length) return;
		this.#held.add(chunk.subarray(end));
		if (this.#held.length > this.#limit) throw tooLong(this.#held.take(), this.line);
	}

	/** A last line without a line break counts only when it is JSON. */
	end(): void {
		if (this.#held.length) this.#read(this.#decode(this.#held.take()), 'truncated');
	}

	#readLines(bytes: Uint8Array): void {
		const text = bytes.length > this.#limit ? undefined : this.#decoded(bytes);
		if (text === undefined) return this.#readOneByOne(bytes);
		let start = 0;
		for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
			this.#read(text.slice(start, end), 'invalid_json');
			start = end + 1;
			this.line++;
		}
	}

	#decoded(bytes: Uint8Array): string | undefined {
		try {
			return this.#decoder.decode(bytes);
		} catch {
			return undefined;
		}
	}

	/** The slow way, when a line is broken or long: those before it still count. */
	#readOneByOne(bytes: Uint8Array): void {
		let start = 0;
		for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
			const line = bytes.subarray(start, end);
			if (line.length > this.#limit) throw tooLong(line, this.line);
			this.#read(this.#decode(line), 'invalid_json');
			start = end + 1;
			this.line++;
		}
	}

	#decode(line: Uint8Array): string {
		const text = this.#decoded(line);
		if (text === undefined) throw new DataError('decode', leniently(line), this.line);
		return text;
	}

	#read(text: string, failure: 'invalid_json' | 'truncated'): void {
		if (this.line === 1 && text.startsWith('\ufeff')) text = text.slice(1);
		if (text === '' || text === '\r') return;
		let item: unknown;
		try {
			item = JSON.parse(text);
		} catch (cause) {
			if (/^[\t\r ]+$/.test(text)) return;
			throw new DataError(failure, text, this.line, cause);
		}
		this.#deliver(item);
	}
}

function tooLong(bytes: Uint8Array, line: number): DataError {
	return new DataError('line_too_long', leniently(bytes), line);
}

function leniently(bytes: Uint8Array): string {
	return new TextDecoder().decode(bytes.subarray(0, 800));
}

function joined(pieces: Uint8Array[]): Uint8Array {
	if (pieces.length === 1) return pieces[0] as Uint8Array;
	const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
	let offset = 0;
	for (const piece of pieces) {
		whole.set(piece, offset);
		offset += piece.length;
	}
	return whole;
}
