// A line for all that is answered here, as the API writes for what it answers, in
// backend/serving/access.py: `GET /visits 200 · 11 ms · 1.2 kB`. Of what was asked it has the path
// alone: the rest may tell who somebody is.

import { LOG_FORMAT, LOG_LEVEL } from './settings.js';

const { env } = process;

const IS_WANTED = ['DEBUG', 'INFO'].includes(LOG_LEVEL);
const IS_JSON = LOG_FORMAT === 'json';
// `fluidkit start` says when, and reads what is said here
const IS_SUPERVISED = env.READY_FD !== undefined;
const HAS_COLOURS = Boolean(env.FORCE_COLOR || (process.stdout.isTTY && !env.NO_COLOR));
const COLOURS = { 1: 36, 2: 32, 3: 36, 4: 33, 5: 31 };
const DIM = 2;
const ENDINGS = { left: ['left by the client'], cut: ['broken off'] };
const LONGEST_TEXT = 300;
const SECOND = 1000;

let waiting = '';
process.on('exit', write);

/** Writes it when `response` is over. `asked` is how the request was, see `seen`. */
export function logged(response, { path, asked, isDraining }) {
	if (!IS_WANTED) return;
	const began = performance.now();
	const sent = counted(response);
	response.on('close', () => {
		add({
			request: asked['x-request-id'],
			client: safe(asked['x-forwarded-for']),
			method: response.req.method,
			path: safe(path),
			status: response.headersSent ? response.statusCode : 0,
			ms: Math.round((performance.now() - began) * 10) / 10,
			bytes: sent(),
			ending: response.writableFinished ? 'whole' : isDraining() ? 'cut' : 'left'
		});
	});
}

/** How many bytes of a body it has been given so far, which Node does not tell. */
function counted(response) {
	let bytes = 0;
	for (const name of ['write', 'end']) {
		const send = response[name];
		response[name] = function (chunk, ...others) {
			if (chunk?.length) bytes += Buffer.byteLength(chunk);
			return send.call(this, chunk, ...others);
		};
	}
	return () => (response.req.method === 'HEAD' ? 0 : bytes);
}

/** Many in one go: each write would make all others wait. */
function add(fields) {
	if (!waiting) setImmediate(write);
	waiting += `${IS_JSON ? asJson(fields) : asText(fields)}\n`;
}

function write() {
	if (waiting) process.stdout.write(waiting);
	waiting = '';
}

function asJson(fields) {
	const told = { time: new Date().toISOString(), level: 'info', logger: 'frontend' };
	return JSON.stringify({ ...told, message: shown(fields, (text) => text), ...fields });
}

function asText(fields) {
	const text = shown(fields, HAS_COLOURS ? painted : (plain) => plain);
	return IS_SUPERVISED ? text : `${new Date().toISOString()} ${fields.client} ${text}`;
}

function shown({ method, path, status, ms, bytes, ending }, paint) {
	const told = paint(String(status || 'unanswered'), COLOURS[Math.floor(status / 100)] ?? 33);
	const details = ['', duration(ms), size(bytes), ...(ENDINGS[ending] ?? [])].join(' · ');
	return `${method} ${path} ${told}${paint(details, DIM)}`;
}

function painted(text, colour) {
	return `\x1b[${colour}m${text}\x1b[0m`;
}

/** `11 ms`, `12.3 s`, `2 min 5 s`, `3 h 10 min`. */
export function duration(ms) {
	if (ms < SECOND) return `${Math.round(ms)} ms`;
	if (ms < 60 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
	const seconds = Math.round(ms / SECOND);
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
	return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `812 B`, `1.2 kB`, `4.1 MB`. */
export function size(bytes) {
	if (bytes < 1000) return `${bytes} B`;
	const [scale, unit] = [[1e3, 'kB'], [1e6, 'MB'], [1e9, 'GB']].findLast(([least]) => bytes >= least);
	return `${(bytes / scale).toFixed(1)} ${unit}`;
}

/** In printable ASCII without blanks, so that no client draws on terminals or forges lines. */
function safe(text) {
	const shown = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}...` : text;
	return shown.replace(/[^!-~]/g, (each) => `%${each.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
