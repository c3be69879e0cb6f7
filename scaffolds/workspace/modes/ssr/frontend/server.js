// Serves the site: SvelteKit's pages, and the API's answers, passed on as they come.
//
//   HOST, PORT            where to listen
//   FLUIDKIT_API_URL      where uvicorn listens
//   FLUIDKIT_PROXY        what is the API's, as `proxy` under [tool.fluidkit]
//   ORIGIN                the site's address, when the proxy in front does not pass it on
//   FORWARDED_ALLOW_IPS   whose X-Forwarded headers count, as for uvicorn
//   SHUTDOWN_TIMEOUT      seconds that open answers have when it is told to end

import http from 'node:http';
import { BlockList, isIP } from 'node:net';

const { env } = process;
const HOST = env.HOST ?? '127.0.0.1';
const PORT = Number(env.PORT ?? 3000);
const API = setting('FLUIDKIT_API_URL', 'http://127.0.0.1:8000', (text) => new URL(text));
const PATHS = setting('FLUIDKIT_PROXY', '["/api"]', JSON.parse);
const ORIGIN = setting('ORIGIN', '', (text) => (text ? new URL(text) : undefined));
const TRUSTED = list(env.FORWARDED_ALLOW_IPS ?? '127.0.0.1,::1');
const SHUTDOWN_SECONDS = Number(env.SHUTDOWN_TIMEOUT ?? 5);

// meant for one connection, https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
const HOP_BY_HOP = [
	...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding'],
	'upgrade'
];

// SvelteKit believes these, and `seen` writes them anew for every request
env.PROTOCOL_HEADER = 'x-forwarded-proto';
env.HOST_HEADER = 'x-forwarded-host';
env.ADDRESS_HEADER = 'x-forwarded-for';
env.XFF_DEPTH = '1';
delete env.PORT_HEADER;
const { handler } = await import('./build/handler.js');

// No connection to the API is used twice, since it may be closed just then. It is kept all the same
// until we have read an answer: an upload that is refused half-way breaks one that is to close.
const agent = new http.Agent({ keepAlive: true, maxFreeSockets: 0 });

const trusted = setting('FORWARDED_ALLOW_IPS', '', () => {
	const addresses = new BlockList();
	for (const entry of TRUSTED.filter((text) => text !== '*')) {
		const [address, prefix] = entry.split('/');
		const bits = Number(prefix ?? (isIP(address) === 6 ? 128 : 32));
		addresses.addSubnet(address, bits, family(address));
	}
	return addresses;
});

const server = http.createServer({
	requestTimeout: 0, // an upload takes as long as it takes
	shouldUpgradeCallback: isUpgrade
});
let ending = false;

server.on('request', (request, response) => {
	response.on('close', () => ending && server.closeIdleConnections());
	within(response, 400, () => {
		normalise(request);
		if (isForApi(request.url)) return forward(request, response);
		Object.assign(request.headers, seen(request));
		return handler(request, response, () => response.writeHead(404).end());
	});
});
server.on('upgrade', (request, socket, head) => {
	const response = new http.ServerResponse(request);
	response.shouldKeepAlive = false;
	response.assignSocket(socket);
	response.on('finish', () => socket.end());
	socket.on('error', () => socket.destroy());
	// a handshake has no body, and Node would leave one unread
	if (hasBody(request)) explain(response, 400, 'A request to upgrade cannot have a body');
	else if (isUpgrade(request)) {
		within(response, 400, () => forwardUpgrade(request, { response, socket, head }));
	} else {
		request.push(null); // older Nodes come here with all that offers to upgrade
		server.emit('request', request, response);
	}
});
server.on('error', (error) => {
	console.error(`The front end cannot listen: ${error.message}`);
	process.exit(1);
});
server.listen(PORT, HOST);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(signal));

/** What a variable says, or `standard`. One that cannot be understood is said in one line. */
function setting(name, standard, parse) {
	try {
		return parse(env[name] ?? standard);
	} catch (error) {
		console.error(`${name} cannot be "${env[name]}": ${error.message}`);
		return process.exit(1);
	}
}

/** What goes wrong with one request, in `act` or in its promise, ends that request alone. */
async function within(response, status, act) {
	try {
		await act();
	} catch (error) {
		if (response.headersSent) response.destroy();
		else explain(response, status, error.message);
	}
}

/** A target may be a whole address, https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2 */
function normalise(request) {
	const absolute = /^https?:\/\/([^/?]*)(.*)$/i.exec(request.url);
	if (!absolute) return;
	const [, host, path] = absolute;
	request.url = path.startsWith('/') ? path : `/${path}`;
	request.headers.host = host;
}

function isForApi(url) {
	const path = url.split('?', 1)[0];
	return PATHS.some((prefix) => `${path}/`.startsWith(`${prefix.replace(/\/$/, '')}/`));
}

/** Browsers ask for no other, but tools offer HTTP/2 in this way. */
function isUpgrade(request) {
	normalise(request);
	return isForApi(request.url) && request.headers.upgrade?.toLowerCase() === 'websocket';
}

function hasBody({ headers }) {
	return 'transfer-encoding' in headers || Number(headers['content-length'] ?? 0) > 0;
}

/** Who asks for what address: as a proxy that is trusted tells, else as it looks from here. */
function seen({ headers, socket }) {
	const peer = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
	const told = trusts(peer) ? headers : {};
	const hops = [...list(told['x-forwarded-for']), peer];
	const [proto] = list(told['x-forwarded-proto']);
	const [host = headers.host ?? ''] = list(told['x-forwarded-host']);
	return {
		'x-forwarded-for': hops.findLast((address) => !trusts(address)) ?? hops[0],
		'x-forwarded-proto': ORIGIN?.protocol.slice(0, -1) ?? (proto === 'https' ? 'https' : 'http'),
		'x-forwarded-host': ORIGIN?.host ?? host,
		host: ORIGIN?.host ?? host
	};
}

function trusts(address) {
	const known = isIP(address) !== 0 && trusted.check(address, family(address));
	return known || TRUSTED.includes('*');
}

function family(address) {
	return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

function list(header = '') {
	return header.split(',').flatMap((text) => text.trim() || []);
}

function forward(request, response) {
	const upstream = ask(request, response);
	upstream.on('upgrade', (_answer, other) => {
		other.destroy();
		explain(response, 502, 'The Python server switched to another protocol unasked');
	});
	request.pipe(upstream);
	// the rest of an upload that was answered early: browsers read the answer after they have sent it
	response.on('close', () => request.unpipe().resume());
}

/** `response` is for an API that refuses. */
function forwardUpgrade(request, { response, socket, head }) {
	const upgrade = { connection: 'Upgrade', upgrade: request.headers.upgrade };
	const upstream = ask(request, response, upgrade);
	upstream.on('upgrade', (answer, other, otherHead) => {
		response.detachSocket(socket);
		socket.write(Buffer.concat([headOf(answer), otherHead]));
		other.write(head);
		other.on('error', () => other.destroy());
		other.on('close', () => socket.destroy());
		socket.on('close', () => other.destroy());
		socket.pipe(other).pipe(socket);
	});
	upstream.end();
}

/** Asks the API. Either end's leaving ends the other, and each reads only as fast as the other. */
function ask(request, response, upgrade = {}) {
	const upstream = http.request({
		host: API.hostname.replace(/^\[|\]$/g, ''),
		port: API.port || 80,
		method: request.method,
		path: request.url,
		headers: { ...headersFor(request), ...upgrade },
		agent
	});
	upstream.on('response', (answer) =>
		within(response, 502, () => {
			response.writeHead(answer.statusCode, answer.statusMessage, endToEnd(answer));
			response.flushHeaders(); // a stream may say nothing for a long time
			answer.pipe(response);
			answer.on('close', () => answer.complete || response.destroy());
		})
	);
	upstream.on('error', (error) => {
		const status = error.code === 'ECONNREFUSED' ? 503 : 502;
		if (!response.headersSent)
			explain(response, status, `The Python server did not answer: ${error.message}`);
	});
	response.on('close', () => upstream.destroy());
	return upstream;
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

function explain(response, status, detail) {
	// its own name, since a head that failed may have left another
	response.writeHead(status, http.STATUS_CODES[status], {
		'content-type': 'application/json',
		...(status === 400 && { connection: 'close' }), // its body was not read
		...(status === 503 && { 'retry-after': '1' })
	});
	response.end(JSON.stringify({ detail }));
}

/** Open answers have a moment to finish; a stream would keep us for ever. */
function end(signal) {
	if (ending) process.exit(1);
	ending = true;
	setTimeout(() => process.exit(), SHUTDOWN_SECONDS * 1000).unref();
	server.close(() => process.emit('sveltekit:shutdown', signal));
}
