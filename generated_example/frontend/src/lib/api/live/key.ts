// Copied by fluidkit. Changes to this file are overwritten.
// Which streams are equal, so that one connection serves all that read them.

import { parameterPairs, url } from '../runtime/address.ts';
import type { EventOptions } from '../runtime/events.ts';
import type { RecordOptions } from '../runtime/records.ts';
import type { Loop } from '../runtime/stream.ts';

/**
 * Equal for loops that would be given the same; undefined for those that are not to be shared:
 * anything but GET, and what has a callback, a signal or a fetch of its reader's own.
 */
export function sharedKey({ stream, loop }: Loop): string | undefined {
	const { call } = stream;
	const options: EventOptions & RecordOptions = stream.options;
	if (call.method !== 'GET' || options.signal || options.on || hasFunction(options))
		return undefined;
	const { lastEventId, maxEventLength, maxLineBytes, reconnect } = options;
	try {
		return JSON.stringify([
			url(call.template, call.parts, options),
			parameterPairs(call.parts.headers),
			call.parts.events,
			[...new Headers(options.headers)],
			[String(loop), lastEventId, maxEventLength, maxLineBytes, reconnect]
		]);
	} catch {
		// It cannot be sent: its own stream will say why.
		return undefined;
	}
}

function hasFunction(options: object): boolean {
	return Object.values(options).some((value) => typeof value === 'function');
}
