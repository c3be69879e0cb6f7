// Parses server-sent events, byte for byte as WHATWG HTML 9.2.6 has it.

import { DataError } from './errors.ts';
import { piecesOf } from './pieces.ts';

/** What the parser finds, in the order of the stream. */
export interface EventSink {
	/** A block has ended. Without data it is no event, but its id counts. */
	block(type: string, data: string | undefined, id: string): void;
	retry(milliseconds: number): unknown;
	comment(): unknown;
}

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
	const more = piecesOf(joined);

	function check(length: number, text: string): void {
		if (length > limit) throw new DataError('line_too_long', text.slice(0, 200));
	}

	function readField(name: string, value: string): void {
		switch (name) {
			case 'data':
				if (data === undefined) data = value;
				else more.add(`\n${value}`);
				return check(data.length + more.length, data);
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

	function readLine(line: string): void {
		check(line.length, line);
		if (line) {
			const colon = line.indexOf(':');
			if (colon < 0) return readField(line, '');
			return readField(line.slice(0, colon), line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1)));
		}
		if (more.length) data += more.take();
		sink.block(type || 'message', data, id);
		type = '';
		data = undefined;
	}

	return (chunk) => {
		let text = decoder.decode(chunk, STREAMING);
		if (!text) return;
		if (text[0] === ignored) text = text.slice(1);
		ignored = text.endsWith('\r') ? '\n' : '';
		if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n');
		const lines = text.split('\n');
		const rest = lines.pop() as string;
		if (lines.length && held.length) {
			held.add(lines[0] as string);
			lines[0] = held.take();
		}
		lines.forEach(readLine);
		if (rest) held.add(rest);
		check(held.length, rest);
	};
}

function joined(pieces: string[]): string {
	return pieces.join('');
}
