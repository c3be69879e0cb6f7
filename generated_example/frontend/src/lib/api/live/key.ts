// Copied by fluidkit. Changes to this file are overwritten.
// Which streams are equal: one connection serves all that read them, and none is asked for twice.

import { addressOf } from '../runtime/address.ts';
import { configurationNumber } from '../runtime/config.ts';
import type { EventOptions } from '../runtime/events.ts';
import type { RecordOptions } from '../runtime/records.ts';
import type { Loop, Stream } from '../runtime/kind.ts';

/**
 * Equal for loops that ask for the same, and would be given the same; undefined for what cannot be
 * sent, as its own stream will say.
 */
export function keyOf({ stream, loop }: Loop, limit: number): string | undefined {
	const { call, headers } = stream.source;
	const { parts } = call;
	const options: EventOptions & RecordOptions = stream.source.options;
	const { maxEventLength, maxLineBytes, reconnect } = options;
	try {
		return JSON.stringify({
			method: call.method,
			url: addressOf(call.template, parts, options),
			headers: [parts.headers?.(), options.headers].map((each) => [...new Headers(each)]),
			body: [parts.body, [...((parts.form?.() ?? []) as FormData)]],
			// Its kind, and the event it goes on after.
			kind: [headers(), parts.events, String(loop)],
			// Numbers as text: JSON has no Infinity.
			limits: [limit, maxEventLength, maxLineBytes].map(String),
			reconnect,
			shared: isShareable(stream) && configurationNumber()
		});
	} catch {
		return undefined;
	}
}

/** Nothing but GET, and nothing that has a callback, a signal or a fetch of its reader's own. */
export function isShareable({ source: { call, options } }: Stream): boolean {
	const { on, signal }: EventOptions = options;
	const hasFunction = Object.values(options).some((value) => typeof value === 'function');
	return call.method === 'GET' && !on && !signal && !hasFunction;
}
