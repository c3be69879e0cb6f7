// What the environment says, see the head of server.js.

const { env } = process;

const LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'];
const WHOLE = 'a whole number from 0 on';
const SECONDS = 'a number of seconds below 1000000'; // Node's timers end there

export const HOST = env.HOST ?? '127.0.0.1';
export const PORT = setting('PORT', '3000', port, 'a whole number from 0 to 65535');
export const LISTEN_FD = setting('LISTEN_FD', '', descriptor, WHOLE);
export const READY_FD = setting('READY_FD', '', descriptor, WHOLE);
export const HEARTBEAT_SECONDS = setting('HEARTBEAT_SECONDS', '0', seconds, SECONDS);
export const API = setting('FLUIDKIT_API_URL', 'http://127.0.0.1:8000', api, 'an http address');
export const PATHS = setting('FLUIDKIT_PROXY', '["/api"]', paths, 'a list such as ["/api"]');
export const ORIGIN = setting('ORIGIN', '', origin, 'an address such as https://shop.example');
export const DELAY_SECONDS = setting('SHUTDOWN_DELAY', '0.2', seconds, SECONDS);
export const SHUTDOWN_SECONDS = setting('SHUTDOWN_TIMEOUT', '5', seconds, SECONDS);
export const HEADERS_SECONDS = setting('HEADERS_TIMEOUT', '30', seconds, SECONDS);
export const BODY_SECONDS = setting('BODY_TIMEOUT', '30', seconds, SECONDS);
export const LOG_LEVEL = setting('LOG_LEVEL', 'INFO', oneOf(LEVELS), LEVELS.join(', '));
export const LOG_FORMAT = setting('LOG_FORMAT', 'text', oneOf(['text', 'json']), 'text, json');

/** What a variable says, or `standard`. One that cannot be is said in one line. */
export function setting(name, standard, parse, allowed) {
	try {
		return parse(env[name] ?? standard);
	} catch {
		console.error(`${name} cannot be ${JSON.stringify(env[name])}: it may be ${allowed}`);
		return process.exit(1);
	}
}

function matching(text, pattern) {
	if (!pattern.test(text)) throw new TypeError(text);
	return text;
}

function seconds(text) {
	return Number(matching(text, /^\d{1,6}(\.\d+)?$/));
}

function port(text) {
	const number = Number(matching(text, /^\d+$/));
	if (number > 65535) throw new RangeError(text);
	return number;
}

function descriptor(text) {
	return text ? Number(matching(text, /^\d+$/)) : undefined;
}

function api(text) {
	return new URL(matching(text, /^http:/i));
}

function origin(text) {
	return text ? new URL(matching(text, /^https?:/i)) : undefined;
}

function paths(text) {
	return JSON.parse(text).map((path) => matching(path, /^\//));
}

function oneOf(names) {
	return (text) => {
		const found = names.find((name) => name.toLowerCase() === text.toLowerCase());
		if (!found) throw new RangeError(text);
		return found;
	};
}
