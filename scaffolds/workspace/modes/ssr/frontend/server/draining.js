// The end: others are told to ask elsewhere, streams are broken off, what else is open may finish.

import net from 'node:net';
import { SHUTDOWN_SECONDS } from './settings.js';

/** Who has not heard of the end yet is still answered, on connections that close then. */
const NOTICE_MILLISECONDS = 200;

const resumable = new WeakSet();

/**
 * Ends `server` when it is told to. `isDraining` tells whether that has begun.
 *
 * A stream that a client may take up again, here or elsewhere, is broken off without its end: what
 * ended would not be asked for again. So is a WebSocket.
 */
export function drainable(server) {
	const open = new Set();
	const sockets = new Set();
	let draining = false;

	function breakOffStreams() {
		for (const response of open) {
			if (resumable.has(response) || isEventStream(response)) response.destroy();
		}
		for (const socket of sockets) socket.destroy();
	}

	function end(signal) {
		if (draining) process.exit(1);
		draining = true;
		breakOffStreams();
		setTimeout(() => process.exit(), SHUTDOWN_SECONDS * 1000).unref();
		setTimeout(() => {
			// that of http would close connections on which a request may be coming just now
			net.Server.prototype.close.call(server, () => process.emit('sveltekit:shutdown', signal));
			server.closeIdleConnections();
			breakOffStreams();
		}, NOTICE_MILLISECONDS);
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

/** Marks an answer of the API's as one whose client may ask for the rest of it elsewhere. */
export function mayResume(response) {
	resumable.add(response);
}

/** Of what SvelteKit answers, this is all that tells of itself what it is. */
function isEventStream(response) {
	return String(response.getHeader('content-type') ?? '').startsWith('text/event-stream');
}
