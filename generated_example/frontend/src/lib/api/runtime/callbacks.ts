// Copied by fluidkit. Changes to this file are overwritten.
// Calls what the page passed in, so that its mistakes neither end a stream nor stay unseen.

export function notify<Values extends unknown[]>(
	callback: ((...values: Values) => unknown) | undefined,
	...values: Values
): void {
	try {
		const result = callback?.(...values);
		if (result instanceof Promise) result.catch(report);
	} catch (error) {
		report(error);
	}
}

function report(error: unknown): void {
	// Node has no reportError: there the error is thrown where nothing of ours is on the stack.
	if (typeof reportError === 'function') return reportError(error);
	queueMicrotask(() => {
		throw error;
	});
}

/** Whether a stream with these options is to act by itself, since `onMessage` or the like waits. */
export function hasCallbacks(options: object): boolean {
	return Object.entries(options).some(
		([name, value]) =>
			(name === 'on' && typeof value === 'object') ||
			(name.startsWith('on') && typeof value === 'function')
	);
}
