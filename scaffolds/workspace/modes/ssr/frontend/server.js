// Serves the site: SvelteKit's pages, and the API's answers, passed on as they come.
//
//   HOST, PORT            where to listen
//   LISTEN_FD             a descriptor that listens already, instead of the two
//   READY_FD              a descriptor that is written to when it serves, as s6 has it
//   HEARTBEAT_SECONDS     how often it is written to again for as long as we live
//   FLUIDKIT_API_URL      where the API listens
//   FLUIDKIT_PROXY        what is the API's, as `proxy` under [tool.fluidkit]
//   ORIGIN                the site's address, when the proxy in front does not pass it on
//   FORWARDED_ALLOW_IPS   whose X-Forwarded headers count, as for uvicorn
//   LOG_FORMAT, LOG_LEVEL json for one object a line; WARNING for no lines about requests
//   HEADERS_TIMEOUT       seconds that a client has to say what it wants; with 0, for ever
//   BODY_TIMEOUT          seconds that the next 4 KiB of a body are waited for; with 0, for ever
//   SHUTDOWN_DELAY        seconds that it goes on to accept connections when it is told to end
//   SHUTDOWN_TIMEOUT      seconds that open answers have when it is told to end

import http from 'node:http';
import { seen } from './server/addresses.js';
import { explain, within } from './server/answers.js';
import { answersAsset } from './server/assets.js';
import { hurry } from './server/bodies.js';
import { drainable } from './server/draining.js';
import { forward, forwardUpgrade } from './server/forwarding.js';
import { secure } from './server/headers.js';
import { answersHealth } from './server/health.js';
import { logged } from './server/log.js';
import { tell } from './server/pulse.js';
import { hasBody, isForApi, isUpgrade, namesOneHost } from './server/requests.js';
import { normalise, pathOf } from './server/requests.js';
import { HEADERS_SECONDS, HOST, LISTEN_FD, PORT } from './server/settings.js';
import { inTurn, isBusy } from './server/turns.js';

const NO_HOST = 'The request names no host, or several';
const { env } = process;

// SvelteKit believes these, and `seen` writes them anew for every request
env.PROTOCOL_HEADER = 'x-forwarded-proto';
env.HOST_HEADER = 'x-forwarded-host';
env.ADDRESS_HEADER = 'x-forwarded-for';
env.XFF_DEPTH = '1';
delete env.PORT_HEADER;
const { handler } = await import('./build/handler.js');

const server = http.createServer({
	requestTimeout: 0, // an upload takes as long as it takes, see server/bodies.js
	// but who never says what he wants is not waited for; it is looked after now and then
	headersTimeout: Math.ceil(HEADERS_SECONDS * 950),
	connectionsCheckingInterval: Math.ceil(HEADERS_SECONDS * 50) || undefined, // 0 is always
	shouldUpgradeCallback: isUpgrade
});
const { isDraining, upgraded } = drainable(server);

server.on('request', (request, response) => {
	inTurn(request, response, () => answerRequest(request, response));
});
server.on('upgrade', (request, socket, head) => {
	if (isBusy(socket)) return socket.destroy();
	const response = new http.ServerResponse(request);
	response.shouldKeepAlive = false;
	response.assignSocket(socket);
	response.on('finish', () => socket.end());
	socket.on('error', () => socket.destroy());
	// a handshake has no body, and Node would leave one unread
	if (hasBody(request)) explain(response, 400, 'A request to upgrade cannot have a body');
	else if (!namesOneHost(request)) explain(response, 400, NO_HOST);
	else if (isUpgrade(request)) {
		upgraded(socket);
		within(response, 400, () => forwardUpgrade(request, { response, socket, head }));
	} else {
		request.push(null); // older Nodes come here with all that offers to upgrade
		server.emit('request', request, response);
	}
});
server.on('connect', (_request, socket) => {
	socket.on('error', () => socket.destroy());
	socket.end('HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
});
server.on('error', (error) => {
	console.error(`The front end cannot listen: ${error.message}`);
	process.exit(1);
});
server.listen(LISTEN_FD === undefined ? { port: PORT, host: HOST } : { fd: LISTEN_FD }, () => {
	if (!tell()) console.error(`frontend/server.js at ${url()}, pid ${process.pid}`);
});

function url() {
	const { address, family, port } = server.address();
	return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function answerRequest(request, response) {
	return within(response, 400, () => {
		normalise(request);
		if (!namesOneHost(request)) throw new Error(NO_HOST);
		hurry(request, response);
		const asked = seen(request);
		secure(response, asked);
		if (answersHealth(request, response, isDraining)) return;
		if (isForApi(request)) return forward(request, response); // which has a log of its own
		logged(response, { path: pathOf(request), asked, isDraining });
		if (answersAsset(request, response)) return;
		Object.assign(request.headers, asked);
		return handler(request, response, () => response.writeHead(404).end());
	});
}
