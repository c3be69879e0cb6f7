// Parses server-sent events, byte for byte as WHATWG HTML 9.2.6 has it.

import { DataError } from './errors.ts';
import { Pieces } from './pieces.ts';

/** What the parser finds, in the order of the stream. */
export interface EventSink {
	event(type: string, data: string, lastEventId: string): void;
	retry(milliseconds: number): void;
	comment(): void;
}

const STREAMING = { stream: true };
const SPACE = 0x20;
const COLON = 0x3a;
const LINE_FEED = 0x0a;

/** One connection's parser: `write` takes its chunks. An event without a blank line after it is lost. */
export class EventParser {
	/** Of the last whole block; what a new connection sends as `Last-Event-ID`. */
	lastEventId: string;

	readonly #sink: EventSink;
	readonly #limit: number;
	// Not its own BOM rule: Node drops two of them when the first is cut by a chunk's end.
	readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
	#hasStarted = false;
	#endedByReturn = false;
	/** Of a line that has not ended. */
	readonly #held = new Pieces(joined);

	#id: string;
	#type = '';
	/** The first line of the data. */
	#data: string | undefined;
	readonly #moreData = new Pieces(joined);

	/** `limit` is in characters, for a line and for an event's data. */
	constructor(sink: EventSink, limit: number, lastEventId = '') {
		this.#sink = sink;
		this.#limit = limit;
		this.#id = this.lastEventId = lastEventId;
	}

	/** Throws `DataError` beyond the limit; the parser is of no use afterwards. */
	write(chunk: Uint8Array): void {
		let text = this.#decoder.decode(chunk, STREAMING);
		if (text === '') return;
		if (!this.#hasStarted && text.startsWith('\ufeff')) text = text.slice(1);
		this.#hasStarted = true;
		if (this.#endedByReturn && text.charCodeAt(0) === LINE_FEED) text = text.slice(1);
		this.#endedByReturn = false;
		const held = this.#held.length;
		if (!text.includes('\n') && !text.includes('\r')) return this.#hold(text);
		if (held) {
			this.#held.add(text);
			text = this.#held.take();
		}
		this.#hold(text.slice(this.#readLines(text, held)));
	}

	#hold(piece: string): void {
		if (piece) this.#held.add(piece);
		this.#check(this.#held.length, piece);
	}

	/** Returns where the first unfinished line starts; before `seen` no line ends. */
	#readLines(text: string, seen: number): number {
		let start = 0;
		let feed = text.indexOf('\n', seen);
		let carriage = text.indexOf('\r', seen);
		while (feed !== -1 || carriage !== -1) {
			const byReturn = carriage !== -1 && (feed === -1 || carriage < feed);
			const end = byReturn ? carriage : feed;
			this.#readLine(text, start, end);
			start = end + 1;
			if (!byReturn) {
				feed = text.indexOf('\n', start);
				continue;
			}
			this.#endedByReturn = start === text.length;
			if (start === feed) feed = text.indexOf('\n', ++start);
			carriage = text.indexOf('\r', start);
		}
		return start;
	}

	#readLine(text: string, start: number, end: number): void {
		if (start === end) return this.#dispatch();
		this.#check(end - start, text, start);
		let value: string | undefined;
		switch (text.charCodeAt(start)) {
			case 0x64:
				if ((value = field('data', text, start, end)) !== undefined) this.#addData(value);
				break;
			case 0x65:
				if ((value = field('event', text, start, end)) !== undefined) this.#type = value;
				break;
			case 0x69:
				value = field('id', text, start, end);
				if (value !== undefined && !value.includes('\0')) this.#id = value;
				break;
			case 0x72:
				value = field('retry', text, start, end);
				if (value !== undefined && /^[0-9]+$/.test(value)) this.#sink.retry(Number(value));
				break;
			case COLON:
				this.#sink.comment();
		}
	}

	#addData(value: string): void {
		if (this.#data === undefined) {
			this.#data = value;
			return;
		}
		this.#moreData.add('\n' + value);
		this.#check(this.#data.length + this.#moreData.length, this.#data);
	}

	#dispatch(): void {
		this.lastEventId = this.#id;
		let data = this.#data;
		if (data !== undefined) {
			if (this.#moreData.length) data += this.#moreData.take();
			this.#data = undefined;
			this.#sink.event(this.#type || 'message', data, this.#id);
		}
		this.#type = '';
	}

	#check(length: number, text: string, start = 0): void {
		if (length > this.#limit) throw new DataError('line_too_long', text.slice(start, start + 200));
	}
}

function joined(pieces: string[]): string {
	return pieces.join('');
}

/** The value of the line from `start` to `end` when `name` is its field. */
function field(name: string, text: string, start: number, end: number): string | undefined {
	const colon = start + name.length;
	if (!text.startsWith(name, start)) return undefined;
	if (colon === end) return '';
	if (text.charCodeAt(colon) !== COLON) return undefined;
	return text.slice(text.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1, end);
}
