// The states of a stream, its ends, and the callbacks that tell of them.

import type { RequestError } from './errors.ts';
import type { RequestOptions } from './request.ts';

export type StreamState = 'idle' | 'connecting' | 'open' | 'reconnecting' | 'closed';

/**
 * How a stream ended: the server finished it, the page closed it (`close()` or leaving the loop),
 * its signal aborted (`error` is the signal's reason), or it failed.
 */
export type StreamEnd =
	| { readonly reason: 'complete' }
	| { readonly reason: 'closed' }
	| { readonly reason: 'aborted'; readonly error: unknown }
	| { readonly reason: 'error'; readonly error: RequestError };

export interface StreamOptions extends RequestOptions {
	/** The connection is open; called again after each reconnect. */
	readonly onOpen?: (() => void) | undefined;
	/** The connection failed: for good when `state` is 'closed', for now when 'reconnecting'. */
	readonly onError?: ((error: RequestError) => void) | undefined;
	/** The server finished the stream. Not called after `close()`. */
	readonly onComplete?: (() => void) | undefined;
}
