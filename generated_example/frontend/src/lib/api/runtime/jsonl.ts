// Copied by fluidkit. Changes to this file are overwritten.
// Parses JSON lines: one JSON value a line, and nothing that only looks like one.

import { DataError } from './errors.ts';

const LINE_FEED = 0x0a;
const STREAMING = { stream: true };

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
	readonly #decoder = strictDecoder();
	#pieces: Uint8Array[] = [];
	#held = 0;

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
			const lines = [...this.#pieces, chunk.subarray(0, end)];
			const size = this.#held + end;
			this.#pieces = [];
			this.#held = 0;
			this.#readLines(lines, size);
		}
		if (end < chunk.length) this.#hold(chunk.subarray(end));
	}

	/** A last line without a line break counts only when it is JSON. */
	end(): void {
		if (this.#held) this.#read(strictly(joined(this.#pieces), this.line), 'truncated');
	}

	#hold(piece: Uint8Array): void {
		this.#pieces.push(piece);
		this.#held += piece.length;
		if (this.#held > this.#limit) throw tooLong(joined(this.#pieces), this.line);
	}

	#readLines(pieces: Uint8Array[], size: number): void {
		const text = size > this.#limit ? undefined : this.#decode(pieces);
		if (text === undefined) return this.#readOneByOne(joined(pieces));
		let start = 0;
		for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
			this.#read(text.slice(start, end), 'invalid_json');
			start = end + 1;
			this.line++;
		}
	}

	#decode(pieces: Uint8Array[]): string | undefined {
		try {
			return pieces.map((piece) => this.#decoder.decode(piece, STREAMING)).join('');
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
			this.#read(strictly(line, this.line), 'invalid_json');
			start = end + 1;
			this.line++;
		}
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

function strictDecoder(): TextDecoder {
	return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
}

function strictly(bytes: Uint8Array, line: number): string {
	try {
		return strictDecoder().decode(bytes);
	} catch (cause) {
		throw new DataError('decode', leniently(bytes), line, cause);
	}
}

function tooLong(bytes: Uint8Array, line: number): DataError {
	return new DataError('line_too_long', leniently(bytes), line);
}

function leniently(bytes: Uint8Array): string {
	return new TextDecoder().decode(bytes.subarray(0, 800));
}

function joined(pieces: Uint8Array[]): Uint8Array {
	const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
	let offset = 0;
	for (const piece of pieces) {
		whole.set(piece, offset);
		offset += piece.length;
	}
	return whole;
}
