// Copied by fluidkit. Changes to this file are overwritten.
// Parses JSON lines: one JSON value a line, and nothing that only looks like one.

import { DataError } from './errors.ts';
import { piecesOf } from './pieces.ts';
import type { Decoder } from './kind.ts';

const LINE_FEED = 0x0a;

/**
 * The parser of one connection.
 *
 * A line ends in LF; a CR before it is white space. Blank lines are skipped, one BOM at the start
 * is dropped. It throws `DataError` for the first line that is not JSON in UTF-8, after the values
 * before it were delivered, and is of no use afterwards. `limit` is in bytes.
 */
export function recordParser(deliver: (item: unknown) => void, limit: number): Decoder {
	/** The line that is being read, from 1. */
	let line = 1;
	/** Strict, and with no BOM rule of its own. */
	const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
	/** Of a line that has not ended. */
	const held = piecesOf(joined);

	function decoded(bytes: Uint8Array): string | undefined {
		try {
			return decoder.decode(bytes);
		} catch {
			return undefined;
		}
	}

	function read(text: string, failure: 'invalid_json' | 'truncated'): void {
		if (line === 1 && text.startsWith('\ufeff')) text = text.slice(1);
		if (text === '' || text === '\r') return;
		let item: unknown;
		try {
			item = JSON.parse(text);
		} catch (cause) {
			if (/^[\t\r ]+$/.test(text)) return;
			throw new DataError(failure, text, line, cause);
		}
		deliver(item);
	}

	/** As bytes, of which some may be none of UTF-8. */
	function readBytes(bytes: Uint8Array, failure: 'invalid_json' | 'truncated'): void {
		if (bytes.length > limit) throw tooLong(bytes, line);
		const text = decoded(bytes);
		if (text === undefined) throw new DataError('decode', leniently(bytes), line);
		read(text, failure);
	}

	/** Lines are decoded once they are whole: no line break lies inside a character. */
	function readLines(bytes: Uint8Array): void {
		const text = bytes.length > limit ? undefined : decoded(bytes);
		if (text === undefined) return readOneByOne(bytes);
		let start = 0;
		for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
			read(text.slice(start, end), 'invalid_json');
			start = end + 1;
			line++;
		}
	}

	/** The slow way, when a line is broken or long: those before it still count. */
	function readOneByOne(bytes: Uint8Array): void {
		let start = 0;
		for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
			readBytes(bytes.subarray(start, end), 'invalid_json');
			start = end + 1;
			line++;
		}
	}

	return {
		get line() {
			return line;
		},
		read(chunk) {
			if (!chunk) {
				// A last line without a line break counts only when it is JSON.
				if (held.length) readBytes(held.take(), 'truncated');
				return;
			}
			// indexOf is many times faster than lastIndexOf, and most pieces of a long line have none.
			const end = chunk.indexOf(LINE_FEED) === -1 ? 0 : chunk.lastIndexOf(LINE_FEED) + 1;
			if (end > 0) {
				held.add(chunk.subarray(0, end));
				readLines(held.take());
			}
			if (end === chunk.length) return;
			held.add(chunk.subarray(end));
			if (held.length > limit) throw tooLong(held.take(), line);
		}
	};
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
