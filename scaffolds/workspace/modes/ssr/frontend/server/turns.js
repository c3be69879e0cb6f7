// One after the other: what comes on one connection while its last answer is under way waits.

// the answer to what came last, by connection
const last = new WeakMap();

/**
 * Calls `act` when all is answered that came before `request`. At once, a client that sends
 * thousands without waiting would have as many connections to the API opened.
 */
export function inTurn({ socket }, response, act) {
	const before = last.get(socket);
	last.set(socket, response);
	if (!before || before.closed) act();
	else before.on('close', () => socket.destroyed || act());
}

/** Whether an answer is under way, into which nothing else can be written. */
export function isBusy(socket) {
	return last.get(socket)?.closed === false;
}
