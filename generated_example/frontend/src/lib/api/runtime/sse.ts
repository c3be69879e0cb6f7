// Copied by fluidkit. Changes to this file are overwritten.
// Parses server-sent events, byte for byte as WHATWG HTML 9.2.6 has it.

import { DataError } from './errors.ts';
import { piecesOf, type Pieces } from './pieces.ts';

/** What the parser finds, in the order of the stream. */
export interface EventSink {
	/** A block has ended. Without data it is no event, but its id counts. */
	block(type: string, data: string | undefined, id: string): void;
	retry(milliseconds: number): unknown;
	comment(): unknown;
}

const SPACE = 0x20;
const STREAMING = { stream: true };

/**
 * The parser of one connection: a function that takes its chunks. A block that no blank line ends
 * is lost. `limit` is in characters, for a line and for an event's data; beyond it the parser
 * throws `DataError`, and is of no use afterwards.
 */
export function eventParser(sink: EventSink, limit: number, id = ''): (chunk: Uint8Array) => void {
	// Not its own BOM rule: Node drops two of them when the first is cut by a chunk's end.
	const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
	/** What counts for nothing at the start of the next text: a BOM, or the rest of a CRLF. */
	let ignored = '\ufeff';
	/** Of the line that has not ended. */
	const held = piecesOf(joined);

	let type = '';
	let data: string | undefined;
	/** What the data has after its first line. */
	let more: Pieces<string> | undefined;

	function check(length: number, text: string): void {
		if (length > limit) throw new DataError('line_too_long', text.slice(0, 200));
	}

	function readField(name: string, value: string): void {
		switch (name) {
			case 'data':
				if (data === undefined) data = value;
				else addData(data, value);
				return;
			case 'event':
				type = value;
				return;
			case 'id':
				if (!value.includes('\0')) id = value;
				return;
			case 'retry':
				if (/^\d+$/.test(value)) sink.retry(Number(value));
				return;
			case '':
				sink.comment();
		}
	}

	function addData(first: string, value: string): void {
		more ??= piecesOf(joined);
		more.add(`\n${value}`);
		check(first.length + more.length, first);
	}

	function endBlock(): void {
		if (more) data += more.take();
		more = undefined;
		sink.block(type || 'message', data, id);
		type = '';
		data = undefined;
	}

	function readLine(text: string, start: number, end: number): void {
		if (start === end) return endBlock();
		if (end - start > limit) check(end - start, text.slice(start));
		let name = 'data';
		let from = start + 5;
		// Most lines are, and need no further look.
		if (!text.startsWith('data:', start)) {
			const line = text.slice(start, end);
			const colon = line.indexOf(':');
			name = colon < 0 ? line : line.slice(0, colon);
			from = start + name.length + 1;
		}
		readField(name, text.slice(text.charCodeAt(from) === SPACE ? from + 1 : from, end));
	}

	return (chunk) => {
		let text = decoder.decode(chunk, STREAMING);
		if (!text) return;
		if (text[0] === ignored) text = text.slice(1);
		ignored = text.endsWith('\r') ? '\n' : '';
		if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n');
		let end = text.indexOf('\n');
		if (end !== -1 && held.length) {
			end += held.length;
			held.add(text);
			text = held.take();
		}
		let start = 0;
		while (end !== -1) {
			readLine(text, start, end);
			start = end + 1;
			end = text.indexOf('\n', start);
		}
		const rest = text.slice(start);
		if (rest) held.add(rest);
		check(held.length, rest);
	};
}

function joined(pieces: string[]): string {
	return pieces.join('');
}
