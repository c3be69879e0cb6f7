// Copied by fluidkit. Changes to this file are overwritten.
// What can go wrong, as types: each failure of a request or a stream is one of these classes.

/** The server answered with a status that is an error. `isError` gives status and body a type. */
export class ApiError<Body = unknown, Status extends number = number> extends Error {
	override readonly name = 'ApiError';
	readonly kind = 'http';
	/** Method and path of the route, without any value: `'GET /api/items/{item_id}'`. */
	readonly request: string;
	readonly status: Status;
	/** The parsed JSON, else the text, if any. */
	readonly body: Body;
	readonly isJson: boolean;
	readonly headers: Headers;

	constructor(request: string, response: Response, body: Body, isJson = false) {
		super(`${request} answered ${response.status}${detailOf(body)}`);
		this.request = request;
		this.status = response.status as Status;
		this.body = body;
		this.isJson = isJson;
		this.headers = response.headers;
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
	unreachable: 'could not reach the server',
	transport: 'broke off before its end',
	idle: 'fell silent',
	ended: 'was ended by the server'
};

/** There is no connection, or no longer one. `line` says how far JSON lines had come. */
export class ConnectionError extends Error {
	override readonly name = 'ConnectionError';
	readonly kind: ConnectionFailure;
	readonly line: number | undefined;

	constructor(kind: ConnectionFailure, request: string, cause?: unknown, line?: number) {
		super(`${request} ${WHAT_FAILED[kind]}`, { cause });
		this.kind = kind;
		this.line = line;
	}
}

/**
 * The server failed in the middle of a stream of events. `message` says how while you develop; in
 * production there is an `id` instead, by which the server's log has it.
 */
export class ServerError extends Error {
	override readonly name = 'ServerError';
	readonly kind = 'server';
	readonly id: string | undefined;

	constructor(request: string, { message, id }: { message?: unknown; id?: unknown }) {
		const text = (value: unknown) => (typeof value === 'string' ? value : '');
		const said = text(message) || (text(id) && `error ${text(id)}`);
		super(`${request} failed on the server${said && `: ${printable(said)}`}`);
		this.id = text(id) || undefined;
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
export class DataError extends Error {
	override readonly name = 'DataError';
	readonly kind: DataFailure;
	readonly line: number | undefined;
	readonly excerpt: string;
	/** Where in the value an invalid date stands: `items.3.created_at`. */
	declare readonly path?: string;

	constructor(kind: DataFailure, text: string, line?: number, cause?: unknown) {
		const excerpt = printable(text);
		super(`${kind}${line ? ` in line ${line}` : ''}: ${excerpt}`, { cause });
		this.kind = kind;
		this.line = line;
		this.excerpt = excerpt;
	}
}

/** The request cannot be made from what was given. Nothing was sent. */
export class InvalidRequest extends Error {
	override readonly name = 'InvalidRequest';
	readonly kind = 'request';
}

/** Whatever a request or a stream can fail with; `kind` tells them apart. */
export type RequestError = ApiError | ConnectionError | ServerError | DataError | InvalidRequest;

function detailOf(body: unknown): string {
	const { detail } = Object(body) as { detail?: unknown };
	return typeof detail === 'string' ? `: ${printable(detail)}` : '';
}

/** At most 200 characters, with those escaped that could steer a terminal. */
function printable(text: string): string {
	const escape = (character: string) => `\\u{${character.codePointAt(0)?.toString(16)}}`;
	return text.slice(0, 200).replace(/\p{C}/gu, escape).slice(0, 200);
}
