// Answers that we give ourselves.

import { STATUS_CODES } from 'node:http';

/** What goes wrong with one request, in `act` or in its promise, ends that request alone. */
export async function within(response, status, act) {
	try {
		await act();
	} catch (error) {
		if (response.headersSent) response.destroy();
		else explain(response, status, error.message);
	}
}

/** Says why a request is not answered, as FastAPI does. */
export function explain(response, status, detail) {
	answer(response, status, { detail });
}

export function answer(response, status, content, headers = {}) {
	const text = JSON.stringify(content);
	// its own name, since a head that failed may have left another
	response.writeHead(status, STATUS_CODES[status], {
		'content-type': 'application/json',
		'content-length': Buffer.byteLength(text),
		...([400, 408].includes(status) && { connection: 'close' }), // its body was not read
		...(status === 503 && { 'retry-after': '1' }),
		...headers
	});
	response.end(text);
}
