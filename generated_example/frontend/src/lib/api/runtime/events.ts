// Copied by fluidkit. Changes to this file are overwritten.
// Server-sent events as a stream of typed events, resumed after a lost connection.

import { notify } from './callbacks.ts';
import { ApiError, DataError, ServerError } from './errors.ts';
import { pingWatch } from './idle.ts';
import type { Decoder, Loop, Stream } from './kind.ts';
import type { StreamOptions } from './life.ts';
import type { Reconnect } from './reconnect.ts';
import { expectType, nameOf, type DeclaredData, type Parts } from './request.ts';
import { eventParser } from './sse.ts';
import { openStream } from './stream.ts';

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

/** Iterated, it gives the values of the events; `events()` gives the events themselves. */
export interface EventStream<E extends ServerEvent = ServerEvent>
	extends Stream, AsyncIterable<E['value']> {
	/** Of the newest event that a loop or a callback took; empty while there is none. */
	readonly lastEventId: string;
	[Symbol.asyncIterator](): Loop<E['value']>;
	/** Iterates events instead of values, also where `data` is not what was declared. */
	events(): Loop<E>;
}

type Encoding = DeclaredData | 'any';

/** The last event of a stream that failed, as `backend/serving/failures.py` sends it. */
const FAILURE = 'fluidkit.error';

/** The stream of a route that answers with server-sent events. */
export function events<E extends ServerEvent>(
	method: string,
	template: string,
	parts: Parts,
	options: EventOptions<E> = {}
): EventStream<E> {
	const call = { method, template, parts };
	const name = nameOf(call);
	const { events: declared = { message: 'json' }, ends } = parts;
	const { on = {}, onMessage, onUnknown, maxEventLength = 2 ** 24 } = options;
	const isRepeatable = !/^(POST|PATCH)$/.test(method);
	/** Somebody else than a loop takes the events. */
	const isHeard = options.on || onMessage;
	/** Of the last whole block, which may not be taken yet. */
	let { lastEventId = '' } = options;
	let retry: number | undefined;

	/** Undefined when the route does not declare it. A server may name an event `__proto__`. */
	const encodingOf = (type: string): Encoding | undefined =>
		declared === 'any' ? declared : own(declared, type);

	const { stream, iterate } = openStream<E>({
		open: events,
		call,
		options,
		reconnect: options.reconnect ?? (isRepeatable ? 'lost' : 'never'),
		headers: () => ({
			accept: 'text/event-stream',
			...(lastEventId && { 'last-event-id': byteString(lastEventId) })
		}),
		decode(response, add) {
			if (response.status !== 200) throw new ApiError(name, response, undefined);
			expectType(call, response, /^text\/event-stream *(;|$)/i);
			const pinged = pingWatch();
			let hasPing = false;
			let isDone = false;
			const parse = eventParser(
				{
					block(type, data, id) {
						lastEventId = id;
						if (data === undefined || (isDone ||= !!ends?.includes(data))) return;
						if (type === FAILURE) throw new ServerError(name, said(data));
						add(new ParsedEvent(type, data, id, encodingOf(type)) as ServerEvent as E);
					},
					retry: (milliseconds) => (retry = milliseconds),
					comment: () => (hasPing = true)
				},
				maxEventLength,
				lastEventId
			);
			const decoder: Decoder = {
				read(chunk, since) {
					hasPing = false;
					if (chunk) parse(chunk);
					if (hasPing) decoder.patience = pinged(performance.now() - since);
					return isDone;
				}
			};
			return decoder;
		},
		deliver(event) {
			eventStream.lastEventId = event.lastEventId;
			const isDeclared = encodingOf(event.type) !== undefined;
			if (!isDeclared) notify(onUnknown, event);
			else if (isHeard) {
				notify(own(on as Record<string, (event: E) => void>, event.type), event);
				notify(onMessage, event);
			}
			return isDeclared;
		},
		retry: () => retry
	});
	const eventStream = Object.assign(stream, {
		lastEventId,
		events: () => iterate((event) => event, 'events'),
		[Symbol.asyncIterator]: () => iterate((event) => event.value as E['value'])
	});
	return eventStream;
}

function own<Value>(values: Readonly<Record<string, Value>>, name: string): Value | undefined {
	return Object.hasOwn(values, name) ? values[name] : undefined;
}

class ParsedEvent implements ServerEvent {
	declare readonly type: string;
	declare readonly data: string;
	declare readonly lastEventId: string;
	/** Undefined when the value is there. */
	#encoding: Encoding | undefined;
	#value: unknown;

	constructor(type: string, data: string, lastEventId: string, encoding: Encoding = 'any') {
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

/** What the last line says: before it may stand what there was of another event. */
function said(data: string): unknown {
	return parse(data.slice(data.lastIndexOf('\n') + 1), 'any');
}

/** Header values are byte strings in fetch: the bytes of the UTF-8 text, one a character. */
function byteString(text: string): string {
	return String.fromCharCode(...new TextEncoder().encode(text));
}
