// The HTTP cases of the specification against a real server, with `reconnect: 'always'`.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { events, type EventOptions } from '../../scaffolds/client/typescript/runtime.ts';
import { readCases } from './cases.ts';
import { serve, type Exchange } from './server.ts';

interface Reply {
	readonly status: number;
	readonly content_type?: string | null;
	readonly location?: string;
	readonly body?: string;
}

interface HttpCase {
	readonly id: string;
	readonly name: string;
	readonly response: Reply | Reply[];
	readonly expect: 'open' | 'closed' | 'header' | 'reconnect' | 'cancel';
}

const ALWAYS = { reconnect: 'always' } as const;

const { http_cases: cases } = readCases<{ http_cases: HttpCase[] }>('sse.json');

for (const testCase of cases) {
	test(`${testCase.id} ${testCase.name}`, { timeout: 10_000 }, (t) => check(t, testCase));
}

async function check(t: TestContext, { id, response, expect }: HttpCase): Promise<void> {
	const replies = Array.isArray(response) ? response : [response];
	const server = await serve(t, (exchange, index) => {
		reply(exchange, replies[Math.min(index, replies.length - 1)] as Reply);
	});
	const options = { ...server, ...ALWAYS, events: 'any' };
	switch (expect) {
		case 'open':
			assert.deepEqual(await firstData(options), 'data');
			return;
		case 'closed': {
			const stream = events('GET', '/', { events: 'any' }, { ...options, onMessage: () => {} });
			const { reason } = await stream.closed;
			// 204 is how a server says that there is no more: an end, and no error.
			assert.equal(reason, replies.at(-1)?.status === 204 ? 'complete' : 'error');
			assert.equal(server.exchanges.length, replies.length);
			return;
		}
		case 'reconnect':
		case 'header': {
			const stream = events('GET', '/', { events: 'any' }, { ...options, onMessage: () => {} });
			const { headers } = (await server.exchange(id === 'http-34' ? 0 : 1)).request;
			stream.close();
			if (id === 'http-34') assert.equal(headers['cache-control'], 'no-cache');
			else if (id === 'http-37') assert.equal(bytesOf(headers['last-event-id']), 'e280a6');
			else assert.equal(headers['last-event-id'], undefined);
			return;
		}
		case 'cancel': {
			let seen = 0;
			const close = () => {
				seen++;
				stream.close();
			};
			const stream = events('GET', '/', { events: 'any' }, { ...options, onMessage: close });
			await (
				await server.exchange(0)
			).closed;
			await stream.closed;
			assert.equal(seen, 1);
			assert.equal(server.exchanges.length, 1);
		}
	}
}

async function firstData(options: EventOptions): Promise<string | undefined> {
	for await (const { data } of events('GET', '/', { events: 'any' }, options).events()) return data;
	return undefined;
}

function reply({ request, response }: Exchange, { status, content_type, location, body }: Reply) {
	const isRedirected = request.url === '/ok';
	const type = isRedirected ? 'text/event-stream' : content_type;
	if (type) response.setHeader('content-type', type);
	if (location) response.setHeader('location', location);
	response.writeHead(isRedirected ? 200 : status);
	const text = isRedirected ? 'data: data\n\n' : body;
	// The case about cancelling needs an answer that goes on.
	if (text && !text.startsWith('retry') && status === 200) response.write(text + text);
	else response.end(text);
}

function bytesOf(header: string | string[] | undefined): string {
	return Buffer.from(String(header), 'latin1').toString('hex');
}
