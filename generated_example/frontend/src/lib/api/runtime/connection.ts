// Copied by fluidkit. Changes to this file are overwritten.
// One request of a stream and the body of its answer, read chunk by chunk.

import { ConnectionError, type RequestError } from './errors.ts';
import { nameOf, send, type Call, type RequestOptions } from './request.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

/** Turns the bytes of one connection into items. */
export interface Decoder {
	/** The line that is being read, where lines are counted. */
	readonly line?: number;
	/** Something in the body said that nothing more is worth reading. */
	readonly isDone?: boolean;
	write(chunk: Bytes): void;
	/** The body ended cleanly. */
	end(): void;
}

/** What a body gives that is not there, as that of a 205. */
const NOTHING = Promise.resolve({ done: true, value: undefined } as const);

export class Connection {
	isReading = false;
	/** When the last read began (`performance.now()`). */
	readSince = 0;

	readonly #call: Call;
	readonly #controller = new AbortController();
	#reader: ReadableStreamDefaultReader<Bytes> | undefined;

	constructor(call: Call) {
		this.#call = call;
	}

	/** Aborts when the connection is closed, by either side. */
	get signal(): AbortSignal {
		return this.#controller.signal;
	}

	async open(options: RequestOptions, headers: Record<string, string>): Promise<Response> {
		const { signal } = this;
		const response = await send(this.#call, options, { headers, signal, cache: 'no-store' });
		// getReader: Safari cannot iterate a body.
		this.#reader = response.body?.getReader();
		// A fetch that does not know signals answers after all.
		if (signal.aborted) this.#cancel();
		return response;
	}

	/**
	 * Gives `take` the next chunk; undefined at a clean end. Rejects when the connection breaks, with
	 * `line` in the error, when it is closed, and when `take` throws.
	 */
	read(take: (chunk: Bytes | undefined) => void, line?: number): Promise<void> {
		this.isReading = true;
		this.readSince = performance.now();
		const result = this.#reader?.read() ?? NOTHING;
		// Where each chunk has one event, every promise is felt, and most one of bytes: V8 searches them
		// for a `then`.
		return result.then(
			({ value }) => {
				this.#settled();
				take(value);
			},
			(cause: unknown) => {
				this.#settled();
				throw new ConnectionError('transport', nameOf(this.#call), cause, line);
			}
		);
	}

	#settled(): void {
		this.isReading = false;
		const { signal } = this;
		if (signal.aborted) throw signal.reason;
	}

	/** Gives up the request at once; a read that is going on rejects with `reason`. */
	close(reason?: RequestError): void {
		this.#controller.abort(reason);
		this.#cancel();
	}

	/** Beside the signal, for a fetch that does not heed it. */
	#cancel(): void {
		this.#reader?.cancel().catch(() => {});
	}
}
