// Copied by fluidkit. Changes to this file are overwritten.
// A file from the server: awaited it is a `File`, iterated its chunks as they come.

import { notify } from './callbacks.ts';
import type { Bytes, Decoder } from './connection.ts';
import { filenameOf } from './filename.ts';
import type { StreamOptions } from './life.ts';
import type { Call, Parts } from './request.ts';
import { Stream, type Loop } from './stream.ts';

export interface Progress {
	/** Bytes so far. */
	readonly loaded: number;
	/** Bytes of the whole, when the server says. */
	readonly total: number | undefined;
}

export interface DownloadOptions extends StreamOptions {
	/** Called with every chunk, as it comes. */
	readonly onChunk?: ((chunk: Uint8Array<ArrayBuffer>) => void) | undefined;
	readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** The download of a route that answers with a file. */
export function download(
	method: string,
	template: string,
	parts: Parts,
	options: DownloadOptions = {}
): Download {
	return new Download({ method, template, parts }, options);
}

/** With callbacks it starts at once and is kept, so that it can be awaited later. */
export class Download
	extends Stream<Bytes>
	implements PromiseLike<File>, AsyncIterable<Uint8Array<ArrayBuffer>>
{
	readonly #options: DownloadOptions;
	#file: Promise<File> | undefined;
	#name = '';
	#type = '';
	#loaded = 0;
	#total: number | undefined;

	constructor(call: Call, options: DownloadOptions) {
		super(call, options, 'never');
		this.#options = options;
	}

	[Symbol.asyncIterator](): Loop<Bytes> {
		return this.iterate((chunk) => chunk);
	}

	/** The whole file, under a name that is safe to save it by. */
	then<Value = File, Caught = never>(
		onfulfilled?: ((file: File) => Value | PromiseLike<Value>) | null,
		onrejected?: ((error: unknown) => Caught | PromiseLike<Caught>) | null
	): Promise<Value | Caught> {
		this.#file ??= this.#collect();
		return this.#file.then(onfulfilled, onrejected);
	}

	catch<Caught>(
		// As a promise's own: it may be given a handler for some errors only.
		onrejected: (error: any) => Caught | PromiseLike<Caught>
	): Promise<File | Caught> {
		return this.then(undefined, onrejected);
	}

	finally(onfinally: () => void): Promise<File> {
		return this.then().finally(onfinally);
	}

	protected override start(): void {
		// Who asked for callbacks only learns of a failure by `onError`.
		this.catch(() => {});
	}

	override headers(): Record<string, string> {
		return { accept: '*/*' };
	}

	protected override decode(response: Response, add: (chunk: Bytes) => void): Decoder {
		const { headers } = response;
		this.#name = filenameOf(headers.get('content-disposition'), response.url);
		this.#type = headers.get('content-type') ?? '';
		// The length of a compressed body is that of what travels, not of what arrives here.
		const length = headers.has('content-encoding') ? null : headers.get('content-length');
		this.#total = length === null ? undefined : Number(length);
		return { write: add, end: () => {} };
	}

	protected override deliver(chunk: Bytes): boolean {
		this.#loaded += chunk.length;
		notify(this.#options.onChunk, chunk);
		notify(this.#options.onProgress, { loaded: this.#loaded, total: this.#total });
		return true;
	}

	async #collect(): Promise<File> {
		const chunks: Bytes[] = [];
		for await (const chunk of this) chunks.push(chunk);
		const { reason } = await this.closed;
		if (reason === 'closed') throw new DOMException('The download was closed', 'AbortError');
		return new File(chunks, this.#name, { type: this.#type });
	}
}
