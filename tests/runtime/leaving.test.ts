// Every way to leave a stream, in every state that it can be in: it ends at once, and so does its request.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test, type TestContext } from 'node:test';
import {
	configure,
	events,
	type EventStream,
	type StreamEnd
} from '../../scaffolds/client/typescript/runtime.ts';
import { cut, serve, startEvents, type TestServer } from './server.ts';

interface Scene {
	readonly server: TestServer;
	readonly stream: EventStream;
	readonly iterator: AsyncIterator<unknown>;
	/** The call to `next()` that waits, where one does. */
	readonly next: Promise<IteratorResult<unknown>> | undefined;
	readonly controller: AbortController;
}

const STATES: Record<string, (t: TestContext, controller: AbortController) => Promise<Scene>> = {
	'before it is iterated': async (t, controller) => {
		const server = await serve(t, (exchange) => startEvents(exchange));
		return begin(server, controller, false);
	},
	'while the headers are awaited': async (t, controller) => {
		const server = await serve(t, (exchange) => startEvents(exchange));
		const asked = Promise.withResolvers<void>();
		Reflect.set(globalThis, 'window', globalThis);
		configure({ headers: () => (asked.resolve(), new Promise<never>(() => {})) });
		t.after(() => {
			configure({ headers: undefined });
			Reflect.deleteProperty(globalThis, 'window');
		});
		const scene = begin(server, controller);
		await asked.promise;
		return scene;
	},
	'while it connects': async (t, controller) => {
		const server = await serve(t, () => {});
		const scene = begin(server, controller);
		await server.exchange(0);
		assert.equal(scene.stream.state, 'connecting');
		return scene;
	},
	'while the body of an error is read': async (t, controller) => {
		const server = await serve(t, ({ response }) => {
			response.writeHead(500);
			response.write('and so on');
		});
		const scene = begin(server, controller);
		await server.exchange(0);
		return scene;
	},
	'while an event is awaited': async (t, controller) => {
		const server = await serve(t, (exchange) => startEvents(exchange, 'data: 1\n\n'));
		const scene = begin(server, controller);
		await scene.next;
		assert.equal(scene.stream.state, 'open');
		return { ...scene, next: scene.iterator.next() };
	},
	'with events that nobody took': async (t, controller) => {
		const server = await serve(t, (exchange) => startEvents(exchange, 'data: 1\n\ndata: 2\n\n'));
		const scene = begin(server, controller);
		await scene.next;
		return { ...scene, next: undefined };
	},
	'while it waits to reconnect': async (t, controller) => {
		const server = await serve(t, (exchange) => {
			startEvents(exchange, 'retry: 60000\n\n');
			setImmediate(cut, exchange);
		});
		const lost = Promise.withResolvers<void>();
		const scene = begin(server, controller, true, lost.resolve);
		await lost.promise;
		assert.equal(scene.stream.state, 'reconnecting');
		return scene;
	},
	'while it reconnects': async (t, controller) => {
		const server = await serve(t, (exchange, index) => {
			if (index > 0) return;
			startEvents(exchange, 'retry: 1\n\n');
			setImmediate(cut, exchange);
		});
		const scene = begin(server, controller);
		await server.exchange(1);
		return scene;
	}
};

const reason = new Error('the page went');
const WAYS: Record<string, (scene: Scene) => StreamEnd> = {
	'close()': ({ stream }) => (stream.close(), { reason: 'closed' }),
	'return()': ({ iterator }) => (void iterator.return?.(), { reason: 'closed' }),
	'its signal': ({ controller }) => (controller.abort(reason), { reason: 'aborted', error: reason })
};

for (const [state, reach] of Object.entries(STATES)) {
	for (const [way, leave] of Object.entries(WAYS)) {
		test(`${way} ends it ${state}`, async (t) => {
			const controller = new AbortController();
			const scene = await reach(t, controller);
			const { stream, server, next } = scene;
			const before = server.exchanges.length;
			const end = leave(scene);
			assert.equal(stream.state, 'closed');
			assert.deepEqual(await stream.closed, end);
			if (next && end.reason === 'aborted') await assert.rejects(next, reason);
			else if (next) assert.deepEqual(await next, { done: true, value: undefined });
			await Promise.all(server.exchanges.map(({ closed }) => closed));
			assert.equal(server.exchanges.length, before);
			assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
			await assert.doesNotReject(
				scene.iterator.next().catch((error) => assert.equal(error, reason))
			);
		});
	}
}

function begin(
	server: TestServer,
	controller: AbortController,
	isIterated = true,
	onError = () => {}
): Scene {
	const { signal } = controller;
	const stream = events('GET', '/', {}, { ...server, signal, onError });
	const iterator = stream[Symbol.asyncIterator]();
	const next = isIterated ? iterator.next() : undefined;
	return { server, stream, iterator, next, controller };
}
