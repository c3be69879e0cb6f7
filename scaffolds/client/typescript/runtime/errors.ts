// What can go wrong, as types: each failure of a request or a stream is one of these classes.

/** An error whose properties are its details. */
export class Failure extends Error {
	constructor(message: string, details: object = {}) {
		super(message, details);
		Object.assign(this, details);
	}
}

/** The server answered with a status that is an error. `isError` gives status and body a type. */
export class ApiError<Body = unknown, Status extends number = number> extends Failure {
	override readonly name = 'ApiError';
	readonly kind = 'http';
	/** Method and path of the route, without any value: `'GET /api/items/{item_id}'`. */
	declare readonly request: string;
	declare readonly status: Status;
	/** The parsed JSON, else the text, if any. */
	declare readonly body: Body;
	declare readonly isJson: boolean;
	declare readonly headers: Headers;

	constructor(request: string, { status, headers }: Response, body: Body, isJson = false) {
		const { detail } = Object(body);
		const message = `${request} answered ${status}${told(detail)}`;
		super(message, { request, status, headers, body, isJson });
	}

	/** Without this type `instanceof` would make `body` and `status` an `any`. */
	declare static readonly [Symbol.hasInstance]: (value: unknown) => value is ApiError;
}

/**
 * - `unreachable`: no answer came, or one that leads to another origin;
 * - `transport`: the answer broke off before its end;
 * - `idle`: the server's regular pings stopped;
 * - `ended`: the server ended a stream that was to go on (`reconnect: 'always'`).
 */
export type ConnectionFailure = 'unreachable' | 'transport' | 'idle' | 'ended';

const WHAT_FAILED = {
	unreachable: 'got no answer',
	transport: 'broke off before its end',
	idle: 'fell silent',
	ended: 'ended too early'
};

/** There is no connection, or no longer one. `line` says how far JSON lines had come. */
export class ConnectionError extends Failure {
	override readonly name = 'ConnectionError';
	declare readonly kind: ConnectionFailure;
	declare readonly line: number | undefined;

	constructor(kind: ConnectionFailure, request: string, cause?: unknown, line?: number) {
		super(`${request} ${WHAT_FAILED[kind]}`, { kind, line, cause });
	}
}

/**
 * The server failed in the middle of a stream of events. `message` says how while you develop; in
 * production there is an `id` instead, by which the server's log has it.
 */
export class ServerError extends Failure {
	override readonly name = 'ServerError';
	readonly kind = 'server';
	declare readonly id: string | undefined;

	/** `said` is what the server sent, whatever that may be. */
	constructor(request: string, said: unknown) {
		const { message, id } = Object(said);
		const isNamed = typeof id === 'string' && id !== '';
		const reason = told(message) || told(isNamed && `error ${id}`);
		super(`${request} failed on the server${reason}`, { id: isNamed ? id : undefined });
	}
}

/**
 * - `content_type`: not the kind of answer that was asked for;
 * - `invalid_json`: a value that is not JSON;
 * - `decode`: bytes that are not UTF-8;
 * - `truncated`: the body ended inside its last line;
 * - `line_too_long`: a line or an event beyond the limit;
 * - `invalid_date`: no date where one was declared.
 */
export type DataFailure =
	'content_type' | 'invalid_json' | 'decode' | 'truncated' | 'line_too_long' | 'invalid_date';

/** The server sent what cannot be read. `line` counts from 1; `excerpt` is safe to log. */
export class DataError extends Failure {
	override readonly name = 'DataError';
	declare readonly kind: DataFailure;
	declare readonly line: number | undefined;
	declare readonly excerpt: string;
	/** Where in the value an invalid date stands: `items.3.created_at`. */
	declare readonly path?: string;

	constructor(kind: DataFailure, text: string, line?: number, cause?: unknown) {
		const excerpt = printable(text);
		super(`${kind}${line ? ` in line ${line}` : ''}: ${excerpt}`, { kind, line, excerpt, cause });
	}
}

/** The request cannot be made from what was given. Nothing was sent. */
export class InvalidRequest extends Failure {
	override readonly name = 'InvalidRequest';
	readonly kind = 'request';
}

/** Whatever a request or a stream can fail with; `kind` tells them apart. */
export type RequestError = ApiError | ConnectionError | ServerError | DataError | InvalidRequest;

/** What the server says of it, if anything. */
function told(text: unknown): string {
	return text && typeof text === 'string' ? `: ${printable(text)}` : '';
}

/** At most 200 characters, with those escaped that could steer a terminal. */
function printable(text: string): string {
	const escape = (character: string) => `\\u{${character.codePointAt(0)?.toString(16)}}`;
	return text.slice(0, 200).replace(/\p{C}/gu, escape).slice(0, 200);
}
