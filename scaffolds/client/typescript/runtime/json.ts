// Requests whose answer is one JSON value.

import { ConnectionError, DataError } from './errors.ts';
import {
	expectType,
	JSON_TYPE,
	nameOf,
	send,
	type Call,
	type Parts,
	type RequestOptions
} from './request.ts';

/**
 * Resolves with the parsed answer; an empty one is `undefined`.
 *
 * Rejects with `RequestError`, or with the reason of an aborted signal.
 */
export async function json<T>(
	method: string,
	template: string,
	parts: Parts,
	options: RequestOptions = {}
): Promise<T> {
	const { signal = null } = options;
	const headers = () => ({ accept: 'application/json' });
	const call = { method, template, parts };
	const response = await send(call, options, { headers, signal });
	const text = await response.text().catch((cause: unknown) => {
		signal?.throwIfAborted();
		throw new ConnectionError('transport', nameOf(call), cause);
	});
	const { revive = (value) => value } = parts;
	return (text === '' ? undefined : revive(parse(text, call, response))) as T;
}

function parse(text: string, call: Call, response: Response): unknown {
	try {
		return JSON.parse(text);
	} catch (cause) {
		// A page of HTML is better named by its type than by its first character.
		expectType(call, response, JSON_TYPE);
		throw new DataError('invalid_json', text, undefined, cause);
	}
}
