// What a request is: for the API or for a page, plain or to upgrade.

import { PATHS } from './settings.js';

const HOST = /^([\w.~%!$&'()*+,;=-]*|\[[\da-f:.]+\])(:\d*)?$/i;

/** A target may be a whole address, https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2 */
export function normalise(request) {
	const absolute = /^https?:\/\/([^/?]*)(.*)$/i.exec(request.url);
	if (!absolute) return;
	const [, host, path] = absolute;
	request.url = path.startsWith('/') ? path : `/${path}`;
	request.headers.host = host;
}

/**
 * Whether one host is named, as HTTP/1.1 wants it: others may take a request that names two for
 * another one. https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
export function namesOneHost({ rawHeaders, headers, httpVersion }) {
	const named = rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === 'host');
	if (!named.length) return httpVersion === '1.0';
	return named.length === 1 && HOST.test(headers.host);
}

export function pathOf({ url }) {
	return url.split('?', 1)[0];
}

export function isForApi(request) {
	const path = pathOf(request);
	return PATHS.some((prefix) => `${path}/`.startsWith(`${prefix.replace(/\/$/, '')}/`));
}

/** Browsers ask for no other, but tools offer HTTP/2 in this way. */
export function isUpgrade(request) {
	normalise(request);
	return isForApi(request) && request.headers.upgrade?.toLowerCase() === 'websocket';
}

export function hasBody({ headers }) {
	return 'transfer-encoding' in headers || Number(headers['content-length'] ?? 0) > 0;
}
