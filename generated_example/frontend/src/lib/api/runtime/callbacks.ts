// Copied by fluidkit. Changes to this file are overwritten.
// Calls what the page passed in, so that its mistakes neither end a stream nor stay unseen.

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
export function hasCallbacks(options: object): boolean {
	return Object.entries(options).some(
		([name, value]) => /^on/.test(name) && typeof value === (name === 'on' ? 'object' : 'function')
	);
}
