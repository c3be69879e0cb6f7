// What watches over us asks: `/healthz` whether we live, `/readyz` whether both sides serve.

import http from 'node:http';
import { answer } from './answers.js';
import { upstream } from './forwarding.js';
import { pathOf } from './requests.js';

const API_MILLISECONDS = 2000;
const NOT_KEPT = { 'cache-control': 'no-store' };

/** Whether it was such a question, which has its answer then. */
export function answersHealth(request, response, isDraining) {
	const path = pathOf(request);
	if (path === '/healthz') answer(response, 200, { status: 'ok' }, NOT_KEPT);
	else if (path !== '/readyz') return false;
	else if (isDraining()) answer(response, 503, { status: 'draining' }, NOT_KEPT);
	else apiState().then(([status, text]) => answer(response, status, { status: text }, NOT_KEPT));
	return true;
}

/** An API that has no such route answers at least. */
function apiState() {
	return new Promise((resolve) => {
		const asked = http.get({ ...upstream, path: '/readyz', timeout: API_MILLISECONDS });
		asked.on('response', (answer) => {
			answer.resume();
			resolve(answer.statusCode < 500 ? [200, 'ok'] : [503, 'the Python server is not ready']);
		});
		asked.on('timeout', () => asked.destroy(new Error('time is over')));
		asked.on('error', ({ message }) => {
			resolve([503, `the Python server did not answer: ${message}`]);
		});
	});
}
