// What the environment says, see the head of server.js.

const { env } = process;

export const HOST = env.HOST ?? '127.0.0.1';
export const PORT = setting('PORT', '3000', number);
export const LISTEN_FD = setting('LISTEN_FD', '', descriptor);
export const READY_FD = setting('READY_FD', '', descriptor);
export const HEARTBEAT_SECONDS = setting('HEARTBEAT_SECONDS', '0', number);
export const API = setting('FLUIDKIT_API_URL', 'http://127.0.0.1:8000', (text) => new URL(text));
export const PATHS = setting('FLUIDKIT_PROXY', '["/api"]', JSON.parse);
export const ORIGIN = setting('ORIGIN', '', (text) => (text ? new URL(text) : undefined));
export const DELAY_SECONDS = setting('SHUTDOWN_DELAY', '0.2', number);
export const SHUTDOWN_SECONDS = setting('SHUTDOWN_TIMEOUT', '5', number);
export const HEADERS_SECONDS = setting('HEADERS_TIMEOUT', '30', number);

/** What a variable says, or `standard`. One that cannot be understood is said in one line. */
export function setting(name, standard, parse) {
	try {
		return parse(env[name] ?? standard);
	} catch (error) {
		console.error(`${name} cannot be "${env[name]}": ${error.message}`);
		return process.exit(1);
	}
}

function descriptor(text) {
	return text ? number(text) : undefined;
}

function number(text) {
	if (!/^\d+(\.\d+)?$/.test(text)) throw new Error('it is no number');
	return Number(text);
}
