// The page that tests of live() run in: its frames are made here, all else is Svelte's and Node's.

import type { TestContext } from 'node:test';
import { setImmediate as macrotask } from 'node:timers/promises';
import {
	events,
	type EventOptions,
	type ServerEvent
} from '../../scaffolds/client/typescript/runtime.ts';
import { compileFor } from './live.compiler.ts';
import { startEvents, type Answer, type Exchange, type TestServer } from './server.ts';

await compileFor('client');
Object.assign(globalThis, { window: globalThis });
export const { live } = await import('../../scaffolds/client/typescript/live.svelte.ts');
export const { feeds } = await import('../../scaffolds/client/typescript/live/feed.svelte.ts');
export const { flushSync } = await import('svelte');
const { reader, state } = await import('./live.reader.svelte.ts');
export { state };

/** Shown, a tab draws sixty frames a second; hidden, none. */
export const tab = { isShown: true, frames: 0 };
export const awaitedFrames = new Map<number, FrameRequestCallback>();
let lastFrame = 0;
const realSetTimeout = setTimeout;
globalThis.cancelAnimationFrame = (frame) => void awaitedFrames.delete(frame);
globalThis.requestAnimationFrame = (callback) => {
	awaitedFrames.set(++lastFrame, callback);
	realSetTimeout(draw, 16);
	return lastFrame;
};

export function draw(): void {
	if (!tab.isShown || !awaitedFrames.size) return;
	tab.frames += 1;
	const callbacks = [...awaitedFrames.values()];
	awaitedFrames.clear();
	for (const callback of callbacks) callback(performance.now());
}

/** From now on time passes only by the function returned; frames are drawn all the same. */
export function stopTime(t: TestContext): (milliseconds: number) => void {
	t.mock.timers.enable({ apis: ['setTimeout'] });
	t.after(async () => {
		await macrotask();
		t.mock.timers.tick(60_000); // for those that have left, and would stay open
		t.mock.timers.reset();
	});
	return (milliseconds) => t.mock.timers.tick(milliseconds);
}

export type Tick = ServerEvent<'message', number>;

export const TWO = 'id: 1\ndata: 1\n\nid: 2\ndata: 2\n\n';
export const ticking: Answer = (exchange) => startEvents(exchange, TWO);

export function ticks({ baseUrl }: TestServer, options: EventOptions<Tick> = {}, method = 'GET') {
	return events<Tick>(method, '/', {}, { baseUrl, ...options });
}

export function lines(exchange: Exchange, ...values: unknown[]): void {
	const { response } = exchange;
	if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/jsonl' });
	for (const value of values) response.write(`${JSON.stringify(value)}\n`);
}

/** Reads until the test ends, or `leave()`. */
export function read<Value>(t: TestContext, value: () => Value) {
	const reading = reader(value);
	t.after(reading.leave);
	return reading;
}

export function until<Value>(t: TestContext, value: () => Value, isSo: (value: Value) => boolean) {
	return read(t, value).until(isSo);
}

export const is = (wanted: unknown) => (value: unknown) => value === wanted;
export const are =
	(count: number) =>
	({ length }: readonly unknown[]) =>
		length === count;
