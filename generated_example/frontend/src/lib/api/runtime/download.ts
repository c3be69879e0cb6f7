// Copied by fluidkit. Changes to this file are overwritten.
// A file from the server: awaited it is a `File`, iterated its chunks as they come.

import { notify } from './callbacks.ts';
import { filenameOf } from './filename.ts';
import type { Bytes, Loop, Stream } from './kind.ts';
import type { StreamOptions } from './life.ts';
import type { Parts } from './request.ts';
import { openStream } from './stream.ts';

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

/**
 * Awaited, it is the whole file, under a name that is safe to save it by; iterated, its chunks. With
 * callbacks it starts at once and is kept, so that it can be awaited later.
 */
export interface Download
	extends Stream, PromiseLike<File>, AsyncIterable<Uint8Array<ArrayBuffer>> {
	[Symbol.asyncIterator](): Loop<Uint8Array<ArrayBuffer>>;
	readonly then: Promise<File>['then'];
	readonly catch: Promise<File>['catch'];
	readonly finally: Promise<File>['finally'];
}

/** The download of a route that answers with a file. */
export function download(
	method: string,
	template: string,
	parts: Parts,
	options: DownloadOptions = {}
): Download {
	let name = filenameOf(null, '');
	let type = '';
	let loaded = 0;
	let total: number | undefined;
	let file: Promise<File> | undefined;

	const { stream, iterate } = openStream<Bytes>({
		open: download,
		call: { method, template, parts },
		options,
		reconnect: 'never',
		headers: () => ({ accept: '*/*' }),
		decode({ headers, url }, add) {
			name = filenameOf(headers.get('content-disposition'), url);
			type = headers.get('content-type') ?? '';
			// The length of a compressed body is that of what travels, not of what arrives here.
			const length = headers.has('content-encoding') ? null : headers.get('content-length');
			total = length === null ? undefined : Number(length);
			return { read: (chunk) => void (chunk && add(chunk)) };
		},
		deliver(chunk) {
			loaded += chunk.length;
			notify(options.onChunk, chunk);
			notify(options.onProgress, { loaded, total });
			return true;
		},
		// Who asked for callbacks only learns of a failure by `onError`.
		start: () => void whole().catch(() => {})
	});
	const chunks = () => iterate((chunk) => chunk);
	const whole = () => (file ??= collect());

	async function collect(): Promise<File> {
		const parts: Bytes[] = [];
		for await (const chunk of chunks()) parts.push(chunk);
		const { reason } = await stream.closed;
		if (reason === 'closed') throw new DOMException('The download was closed', 'AbortError');
		return new File(parts, name, { type });
	}

	return Object.assign(stream, {
		then: ((...handlers) => whole().then(...handlers)) as Promise<File>['then'],
		catch: ((...handlers) => whole().catch(...handlers)) as Promise<File>['catch'],
		finally: ((...handlers) => whole().finally(...handlers)) as Promise<File>['finally'],
		[Symbol.asyncIterator]: chunks
	});
}
