// Copied by fluidkit. Changes to this file are overwritten.
// A form that may hold files: sent with progress, where the browser can tell it.

import { notify } from './callbacks.ts';
import type { Progress } from './download.ts';
import { json } from './json.ts';
import type { Parts, RequestOptions } from './request.ts';

export interface UploadOptions extends RequestOptions {
	/**
	 * Called as the form goes out: its bytes are a little more than those of its files. Never called
	 * where there is no `XMLHttpRequest`, as on the server, nor with a `fetch` of your own.
	 */
	readonly onUploadProgress?: ((progress: Progress) => void) | undefined;
}

/** As `json`. */
export function sendFiles<T>(
	method: string,
	template: string,
	parts: Parts,
	options: UploadOptions = {}
): Promise<T> {
	const { onUploadProgress, fetch = fetchThatTells(onUploadProgress) } = options;
	return json(method, template, parts, { ...options, fetch });
}

/**
 * No browser's own `fetch` says how far it is with a body. Redirects are the browser's business here:
 * where one has led to another origin, its answer counts for nothing.
 */
function fetchThatTells(tell: UploadOptions['onUploadProgress']): typeof fetch | undefined {
	if (!tell || typeof XMLHttpRequest === 'undefined') return undefined;
	return (url, { method = 'GET', headers, body, signal } = {}) =>
		new Promise((resolve, reject) => {
			signal?.throwIfAborted();
			const request = new XMLHttpRequest();
			const abort = () => request.abort();
			request.upload.onprogress = ({ loaded, total }) => notify(tell, { loaded, total });
			request.onerror = request.onabort = () => reject(new TypeError('Not sent'));
			request.onreadystatechange = () => {
				if (request.readyState !== XMLHttpRequest.HEADERS_RECEIVED) return;
				const [asked, answered] = [String(url), request.responseURL].map(originOf);
				if (asked === answered) resolve(answerOf(request));
				else request.abort();
			};
			request.onloadend = () => signal?.removeEventListener('abort', abort);
			signal?.addEventListener('abort', abort);
			request.open(method, String(url));
			new Headers(headers).forEach((value, name) => request.setRequestHeader(name, value));
			request.responseType = 'arraybuffer';
			request.send(body as XMLHttpRequestBodyInit);
		});
}

function originOf(address: string): string {
	return new URL(address, location.href).origin;
}

/** Its body comes in one piece; one that breaks off is an error of the body, as with `fetch`. */
function answerOf(request: XMLHttpRequest): Response {
	const { status } = request;
	const body = new ReadableStream({
		start(controller) {
			request.onload = () => {
				controller.enqueue(new Uint8Array(request.response as ArrayBuffer));
				controller.close();
			};
			request.onerror = request.onabort = () => controller.error(new TypeError('Broken off'));
		},
		cancel: () => request.abort()
	});
	const lines = request.getAllResponseHeaders().matchAll(/^([^:\r\n]+): ?(.*)$/gm);
	const headers = Array.from(lines, ([, name = '', value = '']): [string, string] => [name, value]);
	return new Response([204, 205, 304].includes(status) ? null : body, { status, headers });
}
