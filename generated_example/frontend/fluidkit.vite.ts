import {
	existsSync,
	mkdirSync,
	readFileSync,
	unwatchFile,
	watch,
	watchFile,
	type FSWatcher
} from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { basename, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorPayload, Plugin, ProxyOptions, ViteDevServer } from 'vite';

// `fluidkit dev` sets these; the defaults make `npm run dev` beside `uvicorn backend.main:app` work
const API_URL = new URL(process.env.FLUIDKIT_API_URL ?? 'http://127.0.0.1:8000');
const PATHS: string[] = JSON.parse(process.env.FLUIDKIT_PROXY ?? '["/api"]');
const STATE = resolve(process.env.FLUIDKIT_STATE ?? '../.fluidkit');
// the id that `fluidkit dev` gives to a run
const RUN = process.env.FLUIDKIT_RUN;
// the socket of `fluidkit dev` is always there and lets requests wait; uvicorn's comes and goes
const MAY_BE_AWAY = RUN === undefined;
const PROBE = 'x-fluidkit-probe';
const SECRETS = ['.env', '.env.*', '*.{crt,pem,key,db}', '*.sqlite*', '**/.git/**', '**/*.py'];
const API_PATHS = PATHS.map((path) => new RegExp(wholeSegments(path)));
const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/;
const POLL_MILLISECONDS = 250;

/** What stops the Python side, as `fluidkit dev` writes it to `error.json`; `{}` is all is well. */
interface PythonState {
	error?: ErrorPayload['err'];
	/** Whether the last good code answers meanwhile. */
	serving?: boolean;
}

export interface FluidkitOptions {
	/** How long a request waits for a Python server that is not there yet, in milliseconds. */
	holdFor?: number;
}

/** Makes the front end and FastAPI one site while you develop, and shows Python's errors in it. */
export function fluidkit({ holdFor = 10_000 }: FluidkitOptions = {}): Plugin {
	let names: true | string[] = [];
	let hasOriginsOfItsOwn = false;
	const proxy = apiProxy(holdFor, (host) => names === true || isNamed(host, names));
	return {
		name: 'fluidkit',
		apply: 'serve',
		config(user) {
			const cors = user.server?.cors;
			hasOriginsOfItsOwn = typeof cors === 'object' ? cors.origin !== undefined : cors === true;
			return {
				// `fluidkit dev` passes the one `.env` on, and starts Vite again when it changes
				envDir: RUN === undefined ? '..' : false,
				server: {
					proxy: Object.fromEntries(PATHS.map((path) => [wholeSegments(path), proxy])),
					// the backend lies outside Vite's root; these are denied even if that changes
					fs: { deny: SECRETS }
				}
			};
		},
		configureServer: {
			order: 'pre',
			handler(server) {
				// `fluidkit dev` says the one URL itself
				if (!MAY_BE_AWAY) server.printUrls = () => {};
				names = server.config.server.allowedHosts;
				server.middlewares.use(answerProbe);
				server.middlewares.use(refuseToProxy);
				if (!hasOriginsOfItsOwn) server.middlewares.use(refuseOtherOrigins);
				showPythonErrors(server);
			}
		}
	};
}

/** Tells `fluidkit dev` that this is its own Vite: whoever holds the port otherwise is not. */
function answerProbe(request: IncomingMessage, response: ServerResponse, next: () => void): void {
	if (RUN === undefined || request.headers[PROBE] !== RUN) return next();
	response.writeHead(204, { [PROBE]: RUN });
	response.end();
}

/** `GET http://…` asks for what only a proxy would fetch; SvelteKit would fail over it. */
function refuseToProxy(request: IncomingMessage, response: ServerResponse, next: () => void): void {
	if (request.url?.startsWith('/')) return next();
	response.writeHead(400);
	response.end();
}

/** A page of another site can read nothing here, but it can send forms. What is the API's, it says. */
function refuseOtherOrigins(
	request: IncomingMessage,
	response: ServerResponse,
	next: () => void
): void {
	const { origin, host } = request.headers;
	const isOfApi = API_PATHS.some((path) => path.test(request.url ?? ''));
	if (isOfApi || origin === undefined || isOwnOrigin(origin, host)) return next();
	response.writeHead(403, { 'content-type': 'text/plain' });
	response.end('fluidkit dev answers no page of another origin: see server.cors of Vite.\n');
}

function isOwnOrigin(origin: string, host: string | undefined): boolean {
	if (!URL.canParse(origin)) return false;
	const url = new URL(origin);
	return url.host === host?.toLowerCase() || LOOPBACK.test(url.hostname);
}

/** As Vite compares: a name, or with a leading dot all below it, too. */
function isNamed(host: string, names: string[]): boolean {
	const name = host.replace(/:\d*$/, '').toLowerCase();
	return names.some(
		(each) => name === each.replace(/^\./, '') || (each[0] === '.' && name.endsWith(each))
	);
}

/** `/api` is `/api`, `/api/…` and `/api?…`, but not `/apiary`. Vite reads `^…` as a pattern. */
function wholeSegments(path: string): string {
	const literal = path.replace(/\/$/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	return `^${literal}(?:[/?]|$)`;
}

function apiProxy(holdFor: number, isAllowed: (host: string) => boolean): ProxyOptions {
	return {
		target: API_URL.href,
		changeOrigin: false,
		// the Python side answers to foreign names only what Vite has let pass
		headers: RUN === undefined ? {} : { 'x-fluidkit-run': RUN },
		xfwd: true,
		ws: true,
		async bypass(request) {
			if (MAY_BE_AWAY) await untilListening(() => request.destroyed, holdFor);
			return undefined;
		},
		configure(proxy) {
			// Vite does not look at the host of these: without our word for it, the Python side does
			proxy.on('proxyReqWs', (upstream, request) => {
				if (!isAllowed(request.headers.host ?? '')) upstream.removeHeader('x-fluidkit-run');
			});
			proxy.on('proxyRes', (upstream, _request, response) => {
				// either end's leaving ends the other: Vite keeps the browser's stream open when Python
				// dies in the middle of it, and Python's when the browser leaves
				upstream.on('close', () => {
					if (!upstream.complete) response.destroy();
				});
				response.on('close', () => upstream.destroy());
				// once the proxy has set the headers: a stream may say nothing for a long time
				setImmediate(() => 'flushHeaders' in response && response.flushHeaders());
			});
			proxy.on('error', (error, _request, response) => {
				if ('writeHead' in response && !response.headersSent) explain(response, error);
			});
		}
	};
}

function explain(response: ServerResponse, error: Error): void {
	response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
	response.end(JSON.stringify({ detail: `The Python server did not answer: ${error.message}` }));
}

/** Resolves when Python listens, the browser has left, or the time is over. */
async function untilListening(left: () => boolean, milliseconds: number): Promise<void> {
	const end = Date.now() + milliseconds;
	while (!left() && !(await listens()) && Date.now() < end) await sleep(100);
}

function listens(): Promise<boolean> {
	return new Promise((answer) => {
		const socket: Socket = connect({ host: API_URL.hostname, port: Number(API_URL.port || 80) });
		const finish = (listening: boolean) => {
			socket.destroy();
			answer(listening);
		};
		socket.once('connect', () => finish(true));
		socket.once('error', () => finish(false));
	});
}

function pythonState(): PythonState {
	try {
		return JSON.parse(readFileSync(resolve(STATE, 'error.json'), 'utf8'));
	} catch {
		return {};
	}
}

/** The overlay trims the frame, and with it the first line's indentation: a mark without width. */
function framed({ frame }: ErrorPayload['err']): { frame?: string } {
	return frame ? { frame: `\u200b${frame}` } : {};
}

/** Shows what `error.json` says in the browser's overlay, and takes it down again. */
function showPythonErrors(server: ViteDevServer): void {
	const { hot } = server.environments.client;
	let shown = '';
	let nothingServed = false;
	const show = () => {
		const { error, serving } = pythonState();
		const text = JSON.stringify(error ?? '');
		if (text === shown) return;
		shown = text;
		const reloads = !error && nothingServed;
		nothingServed = error !== undefined && serving === false;
		// Vite keeps what no page is open for, and shows it in the next one, mended or not
		if (server.ws.clients.size === 0) return;
		// an empty update takes the overlay down and leaves the page as it is; what was opened
		// without a Python server has nothing that is worth keeping
		if (reloads) hot.send({ type: 'full-reload' });
		else hot.send({ type: 'update', updates: [] });
		if (error) hot.send({ type: 'error', err: { ...error, ...framed(error), plugin: 'fluidkit' } });
	};
	hot.on('vite:client:connect', () => {
		if (!pythonState().error) return;
		shown = ''; // a page that has just been opened has not seen it
		show();
	});
	let watcher: FSWatcher | undefined;
	const file = resolve(STATE, 'error.json');
	const watchState = () => {
		watcher?.close();
		if (!existsSync(STATE)) mkdirSync(STATE);
		watcher = watch(STATE, (_event, name) => {
			if (name === 'error.json') show();
			// its own name: the folder has been deleted
			else if (name === basename(STATE)) follow();
		}).on('error', poll);
	};
	const poll = () => watchFile(file, { interval: POLL_MILLISECONDS }, show);
	const follow = () => {
		try {
			watchState();
		} catch {
			poll(); // the system watches too much already, or the workspace is gone
		}
	};
	follow();
	server.httpServer?.once('close', () => {
		watcher?.close();
		unwatchFile(file);
	});
}
