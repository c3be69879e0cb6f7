// Copied by fluidkit. Changes to this file are overwritten.
// One request of a stream and the body of its answer, read chunk by chunk.

import { ConnectionError, type RequestError } from './errors.ts';
import { nameOf, send, type Call, type RequestOptions } from './request.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

export class Connection {
	/** When the read that is going on began; 0 while nobody reads (`performance.now()`). */
	waitingSince = 0;
	/** How long the last read waited for its chunk, in milliseconds. */
	waited = 0;

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
	 * The next chunk; undefined at a clean end. Rejects when the connection breaks, with `line` in the
	 * error, and when it is closed.
	 */
	async read(line?: number): Promise<Bytes | undefined> {
		const { signal } = this;
		this.waitingSince = performance.now();
		try {
			const result = await this.#reader?.read();
			if (!signal.aborted) return result?.value;
		} catch (cause) {
			if (!signal.aborted) throw new ConnectionError('transport', nameOf(this.#call), cause, line);
		} finally {
			this.waited = performance.now() - this.waitingSince;
			this.waitingSince = 0;
		}
		throw signal.reason;
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
