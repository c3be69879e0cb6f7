// A line for all that is answered here, as the API writes for what it answers, in
// backend/serving/access.py: `GET /visits 200 · 11 ms · 1.2 kB`. Of what was asked it has the path
// alone: the rest may tell who somebody is.

const { env } = process;

const IS_WANTED = !['WARNING', 'ERROR', 'CRITICAL'].includes(env.LOG_LEVEL?.toUpperCase());
const IS_JSON = env.LOG_FORMAT === 'json';
// `fluidkit start` says when, and reads what is said here
const IS_SUPERVISED = env.READY_FD !== undefined;
const LONGEST_PATH = 300;
const SECOND = 1000;

let waiting = '';
process.on('exit', write);

/** Writes it when `response` is over. `asked` is how the request was, see `seen`. */
export function logged(response, { path, asked, isDraining }) {
	if (!IS_WANTED) return;
	const began = performance.now();
	response.on('close', () => {
		const size = response.getHeader('content-length');
		add({
			client: safe(asked['x-forwarded-for']),
			method: response.req.method,
			path: safe(path),
			status: response.headersSent ? response.statusCode : 0,
			ms: Math.round((performance.now() - began) * 10) / 10,
			...(size !== undefined && { bytes: Number(size) }),
			ending: response.writableFinished ? 'whole' : isDraining() ? 'cut' : 'left'
		});
	});
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
	const time = new Date().toISOString();
	return JSON.stringify({ time, level: 'info', logger: 'frontend', ...fields });
}

function asText({ client, method, path, status, ms, bytes, ending }) {
	const line = [`${method} ${path} ${status || 'unanswered'}`, duration(ms)];
	if (bytes !== undefined) line.push(size(bytes));
	if (ending !== 'whole') line.push(ending === 'cut' ? 'broken off' : 'left by the client');
	const text = line.join(' · ');
	return IS_SUPERVISED ? text : `${new Date().toISOString()} ${client} ${text}`;
}

function duration(ms) {
	return ms < SECOND ? `${Math.round(ms)} ms` : `${(ms / SECOND).toFixed(1)} s`;
}

function size(bytes) {
	if (bytes < 1000) return `${bytes} B`;
	return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** In printable ASCII without blanks, so that no client draws on terminals or forges lines. */
function safe(text) {
	const shown = text.length > LONGEST_PATH ? `${text.slice(0, LONGEST_PATH)}...` : text;
	return shown.replace(/[^!-~]/g, (each) => `%${each.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
