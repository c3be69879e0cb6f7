// Passes requests on to the API, and its answers back as they come.

import http from 'node:http';
import { list, seen } from './addresses.js';
import { explain, within } from './answers.js';
import { hasBody } from './requests.js';
import { API } from './settings.js';

// meant for one connection, https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
const HOP_BY_HOP = [
	...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding'],
	'upgrade'
];

// A connection that is used again may be closed just then: only what may be repeated goes on one.
const shared = new http.Agent({ keepAlive: true });
// All else has its own. It is kept until we have read the answer all the same: an upload that is
// refused half-way breaks one that is to close.
const agent = new http.Agent({ keepAlive: true });
agent.maxFreeSockets = 0; // among the options, 0 is taken for nothing said

/** Where the API listens, and how it is asked. */
export const upstream = {
	host: API.hostname.replace(/^\[|\]$/g, ''),
	port: API.port || 80,
	agent
};

/** Asks once more where a worker has ended that had taken the connection and not yet the request. */
export function forward(request, response, isRepeated = false) {
	const options = isSafe(request) && !isRepeated ? { agent: shared } : {};
	const asked = ask(request, response, options, (error) => {
		if (!isRepeated && mayRepeat(request, response, error)) forward(request, response, true);
		else tell(response, error);
	});
	asked.on('upgrade', (_answer, other) => {
		other.destroy();
		explain(response, 502, 'The Python server switched to another protocol unasked');
	});
	if (hasBody(request)) {
		asked.flushHeaders(); // the API may refuse a body of which nothing has come
		request.pipe(asked);
	} else asked.end();
	// the rest of an upload that was answered early: browsers read the answer after they have sent it
	response.on('close', () => request.unpipe().resume());
}

function mayRepeat(request, response, { code }) {
	const isUnheard = code === 'ECONNRESET' || code === 'EPIPE';
	return isSafe(request) && isUnheard && !response.headersSent && !response.destroyed;
}

function isSafe(request) {
	return ['GET', 'HEAD'].includes(request.method) && !hasBody(request);
}

/** `response` is for an API that refuses. */
export function forwardUpgrade(request, { response, socket, head }) {
	const headers = { connection: 'Upgrade', upgrade: request.headers.upgrade };
	const asked = ask(request, response, { headers }, (error) => tell(response, error));
	asked.on('upgrade', (answer, other, otherHead) => {
		response.detachSocket(socket);
		socket.write(Buffer.concat([headOf(answer), otherHead]));
		other.write(head);
		other.on('error', () => other.destroy());
		other.on('close', () => socket.destroy());
		socket.on('close', () => other.destroy());
		socket.pipe(other).pipe(socket);
	});
	asked.end();
}

/** Asks the API. Either end's leaving ends the other, and each reads only as fast as the other. */
function ask(request, response, options, failed) {
	const asked = http.request({
		...upstream,
		...options,
		method: request.method,
		path: request.url,
		headers: { ...headersFor(request), ...options.headers }
	});
	asked.on('response', (answer) =>
		within(response, 502, () => {
			// with the status's own name: that of the answer may be one that cannot be sent
			response.writeHead(answer.statusCode, endToEnd(answer));
			response.flushHeaders(); // a stream may say nothing for a long time
			answer.pipe(response);
			answer.on('close', () => answer.complete || response.destroy());
		})
	);
	asked.on('error', failed);
	response.on('close', () => asked.destroy());
	return asked;
}

function tell(response, { code, message }) {
	if (response.headersSent) return;
	const status = code === 'ECONNREFUSED' ? 503 : 502;
	explain(response, status, `The Python server did not answer: ${message}`);
}

/**
 * What the API is told: what the client says, framed as its body really comes, and who asks as we
 * see it. Whatever the client calls a matter of the connection, the last two stand: a body without
 * a frame would be read as another request.
 */
function headersFor(request) {
	const { 'transfer-encoding': coding, 'content-length': length } = request.headers;
	if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
		throw new Error(`A body cannot come as "${coding}"`);
	}
	const { expect: _answered, ...headers } = endToEnd(request);
	return {
		...headers,
		...(coding !== undefined && { 'transfer-encoding': 'chunked' }),
		...(length !== undefined && { 'content-length': length }),
		...seen(request)
	};
}

/** Without what is meant for one connection, or called so. */
function endToEnd({ headers }) {
	const dropped = new Set([...HOP_BY_HOP, ...list(headers.connection?.toLowerCase())]);
	return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}

function headOf({ statusCode, statusMessage, rawHeaders }) {
	const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
	for (let at = 0; at < rawHeaders.length; at += 2) {
		lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
	}
	return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
