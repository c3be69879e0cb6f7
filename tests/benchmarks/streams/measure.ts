// What one contender takes for one body, as JSON: `node measure.ts PACKAGES BODY CONTENDER`.
// A process for each, since V8 optimises for what a process has run before.

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

const [packages = '', bodyName = '', contender = ''] = process.argv.slice(2);
const ITEMS = 100_000;
const BIG = 8 * 2 ** 20;
/** Runs that do not count, in which V8 compiles, and those that do. */
const WARM_UP = 3;
const RUNS = 7;

const numbers: Worth = (value) => (value as { n: number }).n;
const presence: Worth = (value) => ((value as { length: number }).length > 0 ? 1 : 0);

const run = await prepared();
const milliseconds = [];
for (let i = 0; i < WARM_UP + RUNS; i++) {
	const before = process.cpuUsage();
	await run();
	const { user, system } = process.cpuUsage(before);
	if (i >= WARM_UP) milliseconds.push((user + system) / 1000);
}
console.log(JSON.stringify({ items: bodyName.startsWith('big') ? 1 : ITEMS, milliseconds }));

async function prepared(): Promise<() => Promise<void>> {
	switch (bodyName) {
		case 'large chunks':
			return reading(eventsInLargeChunks(ITEMS), numbers);
		case 'one event a chunk':
			return reading(oneEventAChunk(ITEMS), numbers);
		case 'big text':
			return big(JSON.stringify('x'.repeat(BIG)));
		case 'big list':
			return big(`[${recordTexts(Math.floor(BIG / 112)).join(',')}]`);
		case 'JSON lines':
			return contender === 'JSON.parse'
				? parseLines()
				: reading(recordsInLargeChunks(ITEMS), numbers);
		default:
			throw new Error(`no body is called ${bodyName}`);
	}
}

async function big(json: string): Promise<() => Promise<void>> {
	if (contender !== 'JSON.parse') return reading(oneEvent(json), presence);
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

async function reading(body: Body, worth: Worth): Promise<() => Promise<void>> {
	const read = await reader(contender, packages);
	return async () => expect(await read(fetchOf(body), worth), body.sum);
}

function expect(sum: number, wanted: number): void {
	if (sum !== wanted) throw new Error(`${contender} read ${sum} instead of ${wanted}`);
}
