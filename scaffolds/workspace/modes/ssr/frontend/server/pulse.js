// Tells whoever has started the process that it serves, and then that it goes on to.

import { closeSync, writeSync } from 'node:fs';
import { READY_FD, HEARTBEAT_SECONDS } from './settings.js';

/** Whether somebody wanted to know. */
export function tell() {
	if (READY_FD === undefined) return false;
	beat();
	// a process in which nothing turns any more answers nobody, and is better replaced
	if (HEARTBEAT_SECONDS) setInterval(beat, HEARTBEAT_SECONDS * 1000).unref();
	else closeSync(READY_FD);
	return true;
}

function beat() {
	try {
		writeSync(READY_FD, '\n');
	} catch ({ code }) {
		// nobody has read for a long time; or else nobody listens any more, and would ever end us
		if (code !== 'EAGAIN') process.kill(process.pid, 'SIGTERM');
	}
}
