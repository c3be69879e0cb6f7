// What contenders take for a body, in turns, as JSON: `node measure.ts PACKAGES BODY CONTENDER...`.

import {
	eventsInLargeChunks,
	fetchOf,
	oneEvent,
	oneEventAChunk,
	recordTexts,
	recordsInLargeChunks,
	type Body
} from './bodies.ts';
import { reader, type Worth } from './readers.ts';

const [packages = '', bodyName = '', ...contenders] = process.argv.slice(2);
const ITEMS = 100_000;
const BIG = 8 * 2 ** 20;
/** Runs that do not count, in which V8 compiles, and those that do. */
const WARM_UP = 3;
const RUNS = 7;

const numbers: Worth = (value) => (value as { n: number }).n;
const presence: Worth = (value) => ((value as { length: number }).length > 0 ? 1 : 0);

const runs = await Promise.all(contenders.map(prepared));
const milliseconds: number[][] = runs.map(() => []);
for (let i = 0; i < WARM_UP + RUNS; i++) {
	for (const [index, run] of runs.entries()) {
		const before = process.cpuUsage();
		await run();
		const { user, system } = process.cpuUsage(before);
		if (i >= WARM_UP) milliseconds[index]?.push((user + system) / 1000);
	}
}
console.log(JSON.stringify(milliseconds));

async function prepared(contender: string): Promise<() => Promise<void>> {
	switch (bodyName) {
		case 'large chunks':
			return reading(contender, eventsInLargeChunks(ITEMS), numbers);
		case 'one event a chunk':
			return reading(contender, oneEventAChunk(ITEMS), numbers);
		case 'big text':
			return big(contender, JSON.stringify('x'.repeat(BIG)));
		case 'big list':
			return big(contender, `[${recordTexts(Math.floor(BIG / 112)).join(',')}]`);
		case 'JSON lines':
			return contender === 'JSON.parse'
				? parseLines()
				: reading(contender, recordsInLargeChunks(ITEMS), numbers);
		default:
			throw new Error(`no body is called ${bodyName}`);
	}
}

async function big(contender: string, json: string): Promise<() => Promise<void>> {
	if (contender !== 'JSON.parse') return reading(contender, oneEvent(json), presence);
	return async () => expect(presence(JSON.parse(json)), 1);
}

function parseLines(): () => Promise<void> {
	const text = recordTexts(ITEMS).join('\n');
	const { sum } = recordsInLargeChunks(ITEMS);
	return async () => {
		let read = 0;
		for (const line of text.split('\n')) read += numbers(JSON.parse(line));
		expect(read, sum);
	};
}

async function reading(contender: string, body: Body, worth: Worth): Promise<() => Promise<void>> {
	const read = await reader(contender, packages);
	return async () => expect(await read(fetchOf(body), worth), body.sum);
}

function expect(sum: number, wanted: number): void {
	if (sum !== wanted) throw new Error(`${sum} was read instead of ${wanted}`);
}
