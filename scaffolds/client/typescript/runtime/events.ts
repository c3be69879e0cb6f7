// Server-sent events as a stream of typed events, resumed after a lost connection.

import { notify } from './callbacks.ts';
import type { Connection, Decoder } from './connection.ts';
import { ApiError, ConnectionError, DataError, ServerError } from './errors.ts';
import { watchPings } from './idle.ts';
import type { StreamOptions } from './life.ts';
import type { Reconnect } from './reconnect.ts';
import { expectType, nameOf, type Call, type DeclaredData, type Parts } from './request.ts';
import { EventParser } from './sse.ts';
import { Stream, type Loop } from './stream.ts';

/** One event, by the names that the DOM has for it; `value` is `data` as the route declares it. */
export interface ServerEvent<Name extends string = string, Value = unknown> {
	readonly type: Name;
	readonly data: string;
	readonly lastEventId: string;
	/** Parsed when it is first read: throws `DataError` when `data` is not what was declared. */
	readonly value: Value;
}

export interface EventOptions<E extends ServerEvent = ServerEvent> extends StreamOptions {
	/** Called with every event that the route declares. */
	readonly onMessage?: ((event: E) => void) | undefined;
	/** Called, before `onMessage`, with the events of one name. */
	readonly on?: EventHandlers<E> | undefined;
	/** Called with events that the route does not declare; they reach nothing else. */
	readonly onUnknown?: ((event: ServerEvent) => void) | undefined;
	/** 'lost' unless given; for POST and PATCH 'never', since they would be done again. */
	readonly reconnect?: Reconnect | undefined;
	/** Go on after this event, as a reconnect does. */
	readonly lastEventId?: string | undefined;
	/** The longest line, and the longest data of an event, in characters: 16 Mi unless given. */
	readonly maxEventLength?: number | undefined;
}

export type EventHandlers<E extends ServerEvent> = {
	readonly [Name in E['type']]?: ((event: Extract<E, { type: Name }>) => void) | undefined;
};

type Encoding = DeclaredData | 'any';

/** The last event of a stream that failed, as `backend/failures.py` sends it. */
const FAILURE = 'fluidkit.error';

/** The stream of a route that answers with server-sent events. */
export function events<E extends ServerEvent>(
	method: string,
	template: string,
	parts: Parts,
	options: EventOptions<E> = {}
): EventStream<E> {
	return new EventStream({ method, template, parts }, options);
}

/** Iterated, it gives the values of the events; `events()` gives the events themselves. */
export class EventStream<E extends ServerEvent = ServerEvent>
	extends Stream<E>
	implements AsyncIterable<E['value']>
{
	readonly #options: EventOptions<E>;
	/** Undefined when the route declares nothing. Maps, since a server may name an event `__proto__`. */
	readonly #declared: Map<string, Encoding> | undefined;
	readonly #handlers: Map<string, (event: E) => void>;
	/** Somebody else than a loop takes the events. */
	readonly #isHeard: boolean;
	#lastEventId: string;
	#takenId: string;
	#retry: number | undefined;

	constructor(call: Call, options: EventOptions<E>) {
		const isRepeatable = call.method !== 'POST' && call.method !== 'PATCH';
		super(call, options, options.reconnect ?? (isRepeatable ? 'lost' : 'never'));
		const { events: declared = { message: 'json' } } = call.parts;
		this.#options = options;
		this.#declared = declared === 'any' ? undefined : new Map(Object.entries(declared));
		this.#handlers = new Map(Object.entries(options.on ?? {}));
		this.#isHeard = this.#handlers.size > 0 || options.onMessage !== undefined;
		this.#lastEventId = this.#takenId = options.lastEventId ?? '';
	}

	/** Of the newest event that a loop or a callback took; empty while there is none. */
	get lastEventId(): string {
		return this.#takenId;
	}

	[Symbol.asyncIterator](): Loop<E['value']> {
		return this.iterate((event) => event.value as E['value']);
	}

	/** Iterates events instead of values, also where `data` is not what was declared. */
	events(): Loop<E> {
		return this.iterate((event) => event, 'events');
	}

	override headers(): Record<string, string> {
		const id = this.#lastEventId;
		return { accept: 'text/event-stream', ...(id && { 'last-event-id': byteString(id) }) };
	}

	protected override decode(
		response: Response,
		add: (event: E) => void,
		connection: Connection
	): Decoder {
		if (response.status !== 200) throw new ApiError(nameOf(this.call), response, undefined);
		expectType(this.call, response, /^text\/event-stream$/);
		const lost = () => connection.close(new ConnectionError('idle', nameOf(this.call)));
		const ping = watchPings(connection, lost);
		const { ends } = this.call.parts;
		let hasPing = false;
		let isDone = false;
		const sink = {
			event: (type: string, data: string, id: string) => {
				isDone ||= !!ends?.includes(data);
				if (isDone) return;
				if (type === FAILURE) throw failure(this.call, data);
				add(this.#event(type, data, id));
			},
			retry: (milliseconds: number) => void (this.#retry = milliseconds),
			comment: () => void (hasPing = true)
		};
		const limit = this.#options.maxEventLength ?? 2 ** 24;
		const parser = new EventParser(sink, limit, this.#lastEventId);
		return {
			get isDone() {
				return isDone;
			},
			write: (chunk) => {
				hasPing = false;
				try {
					parser.write(chunk);
				} finally {
					this.#lastEventId = parser.lastEventId;
				}
				if (hasPing) ping();
			},
			end: () => {}
		};
	}

	protected override deliver(event: E): boolean {
		this.#takenId = event.lastEventId;
		const isDeclared = this.#declared?.has(event.type) ?? true;
		if (!isDeclared) notify(this.#options.onUnknown, event);
		else if (this.#isHeard) {
			notify(this.#handlers.get(event.type), event);
			notify(this.#options.onMessage, event);
		}
		return isDeclared;
	}

	protected override retry(): number | undefined {
		return this.#retry;
	}

	#event(type: string, data: string, id: string): E {
		const encoding = this.#declared?.get(type) ?? 'any';
		return new ParsedEvent(type, data, id, encoding) as ServerEvent as E;
	}
}

class ParsedEvent implements ServerEvent {
	readonly type: string;
	readonly data: string;
	readonly lastEventId: string;
	/** Undefined when the value is there. */
	#encoding: Encoding | undefined;
	#value: unknown;

	constructor(type: string, data: string, lastEventId: string, encoding: Encoding) {
		this.type = type;
		this.data = data;
		this.lastEventId = lastEventId;
		this.#encoding = encoding;
	}

	get value(): unknown {
		if (this.#encoding) this.#value = parse(this.data, this.#encoding);
		this.#encoding = undefined;
		return this.#value;
	}
}

function parse(data: string, encoding: Encoding): unknown {
	if (encoding === 'text') return data;
	let value: unknown;
	try {
		value = JSON.parse(data);
	} catch (cause) {
		if (encoding === 'any') return data;
		throw new DataError('invalid_json', data, undefined, cause);
	}
	return typeof encoding === 'function' ? encoding(value) : value;
}

/** The last line of the data: before it may stand what there was of another event. */
function failure(call: Call, data: string): ServerError {
	const said: unknown = parse(data.slice(data.lastIndexOf('\n') + 1), 'any');
	return new ServerError(nameOf(call), Object(said));
}

/** Header values are byte strings in fetch: the bytes of the UTF-8 text, one a character. */
function byteString(text: string): string {
	return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}
