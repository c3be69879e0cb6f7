// A real HTTP server for a test.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export { fetchOf } from './bodies.ts';

export interface Exchange {
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	/** Resolves when the client went, or the answer is sent. */
	readonly closed: Promise<unknown>;
}

export interface TestServer {
	readonly baseUrl: string;
	readonly exchanges: readonly Exchange[];
	/** The exchange of that number, as soon as there is one. */
	exchange(index: number): Promise<Exchange>;
}

export type Answer = (exchange: Exchange, index: number) => void;

export async function serve(t: TestContext, answer: Answer): Promise<TestServer> {
	const exchanges: Exchange[] = [];
	const server = createServer((request, response) => {
		const exchange = { request, response, closed: once(response, 'close') };
		exchanges.push(exchange);
		answer(exchange, exchanges.length - 1);
		server.emit('exchange');
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.after(() => {
		server.close();
		server.closeAllConnections();
	});
	const { port } = server.address() as AddressInfo;
	const exchange = async (index: number) => {
		while (!exchanges[index]) await once(server, 'exchange');
		return exchanges[index];
	};
	return { baseUrl: `http://127.0.0.1:${port}`, exchanges, exchange };
}

export function startEvents(exchange: Exchange, text = ''): void {
	exchange.response.writeHead(200, { 'content-type': 'text/event-stream' });
	exchange.response.flushHeaders();
	if (text) exchange.response.write(text);
}

/** Ends the connection without the final chunk of the body. */
export function cut(exchange: Exchange): void {
	exchange.response.destroy();
}
