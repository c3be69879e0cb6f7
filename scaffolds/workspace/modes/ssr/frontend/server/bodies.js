// Bodies that hardly come, whose senders would be waited for for ever.

import { explain } from './answers.js';
import { hasBody } from './requests.js';
import { BODY_SECONDS } from './settings.js';

const LEAST_BYTES = 4096; // in that time, as in backend/serving/bodies.py

/** Answers 408 to one. Whoever is being answered already may talk as slowly as they like. */
export function hurry(request, response) {
	if (!BODY_SECONDS || !hasBody(request)) return;
	const { socket } = request;
	let before = socket.bytesRead;
	const timer = setInterval(() => {
		const came = socket.bytesRead - before;
		before += came;
		if (socket.isPaused()) {
			before -= LEAST_BYTES; // what has come is not taken: nobody sends more just then
			return;
		}
		if (request.complete || came >= LEAST_BYTES) return;
		if (!response.headersSent) {
			const time = `no ${LEAST_BYTES} bytes in ${BODY_SECONDS} s`;
			explain(response, 408, `The body came too slowly: ${time}`);
		} else if (response.closed) socket.destroy();
	}, BODY_SECONDS * 1000);
	request.on('close', () => clearInterval(timer));
}
