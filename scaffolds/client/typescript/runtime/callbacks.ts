// Calls what the page passed in, so that its mistakes neither end a stream nor stay unseen.

import type { StreamOptions } from './life.ts';

export function notify<Value>(
	callback: ((value: Value) => unknown) | undefined,
	value?: Value
): void {
	try {
		const result = callback?.(value as Value);
		if (result instanceof Promise) result.catch(report);
	} catch (error) {
		report(error);
	}
}

/** Thrown where nothing of ours is on the stack; Node has no `reportError`. */
function report(error: unknown): void {
	queueMicrotask(() => {
		throw error;
	});
}

/** Whether a stream with these options is to act by itself, since `onMessage` or the like waits. */
export function hasCallbacks(options: StreamOptions & { readonly on?: unknown }): boolean {
	const isCallback = ([name, value]: [string, unknown]) =>
		/^on/.test(name) && typeof value === 'function';
	return !!options.on || Object.entries(options).some(isCallback);
}
