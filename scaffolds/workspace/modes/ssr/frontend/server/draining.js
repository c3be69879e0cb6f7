// The end: who asks is sent elsewhere, events are broken off, what else is open may finish.

import net from 'node:net';
import { DELAY_SECONDS, SHUTDOWN_SECONDS } from './settings.js';

const BREAK_OFF_MILLISECONDS = 50;

/**
 * Ends `server` when it is told to. `isDraining` tells whether that has begun.
 *
 * A stream of events, which clients take up again elsewhere, is broken off without its end: what
 * has ended is not asked for again. So is a WebSocket.
 */
export function drainable(server) {
	const open = new Set();
	const sockets = new Set();
	let draining = false;

	function breakOff() {
		for (const response of open) if (isEventStream(response)) response.destroy();
		for (const socket of sockets) socket.destroy();
	}

	function end(signal) {
		if (draining) process.exit(1);
		draining = true;
		breakOff();
		// an answer that is on its way now may turn out to be one of events
		setInterval(breakOff, BREAK_OFF_MILLISECONDS).unref();
		setTimeout(() => process.exit(), SHUTDOWN_SECONDS * 1000).unref();
		// who has not heard of the end yet is still answered, on a connection that closes then
		setTimeout(() => {
			// that of http would close connections on which a request may be coming just now
			net.Server.prototype.close.call(server, () => process.emit('sveltekit:shutdown', signal));
			server.closeIdleConnections();
		}, DELAY_SECONDS * 1000);
	}

	server.prependListener('request', (_request, response) => {
		open.add(response);
		if (draining) response.shouldKeepAlive = false;
		response.on('close', () => {
			open.delete(response);
			if (!server.listening) server.closeIdleConnections();
		});
	});
	for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(signal));
	return {
		isDraining: () => draining,
		/** A connection that is no more HTTP's. */
		upgraded(socket) {
			sockets.add(socket);
			socket.on('close', () => sockets.delete(socket));
		}
	};
}

/**
 * Only of events a client knows which one it had last. What `writeHead` is given can be asked for,
 * since `secure` has set headers before.
 */
function isEventStream(response) {
	const type = String(response.getHeader('content-type') ?? '');
	return response.req.method === 'GET' && type.startsWith('text/event-stream');
}
