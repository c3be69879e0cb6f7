// Calls generated functions: reads what to call from a file, prints what came as JSON.

import { readFileSync } from 'node:fs';

interface Call {
	readonly folder: string;
	readonly module: string;
	readonly name: string;
	readonly kind: 'json' | 'events' | 'values' | 'chunks' | 'file';
	readonly baseUrl: string;
	readonly positional: readonly unknown[];
	readonly options: Record<string, unknown>;
}

const PATIENCE = 5_000;
const MOST_ITEMS = 3;
const AT_ONCE = 16;

const calls = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Call[];
const results: unknown[] = [];
let next = 0;
await Promise.all(Array.from({ length: AT_ONCE }, work));
process.stdout.write(JSON.stringify(results), () => process.exit());

async function work(): Promise<void> {
	while (next < calls.length) {
		const index = next++;
		results[index] = await outcome(calls[index]!);
	}
}

async function outcome(call: Call): Promise<unknown> {
	const module = await import(`${call.folder}/${call.module}`);
	const options = { ...revived(call.options), baseUrl: call.baseUrl };
	try {
		const signal = AbortSignal.timeout(PATIENCE);
		const answer = module[call.name](...revived(call.positional), { ...options, signal });
		return { items: await received(call.kind, answer) };
	} catch (error) {
		const { status, body } = error as { status?: number; body?: unknown };
		return { error: String(error), status, body };
	}
}

async function received(kind: Call['kind'], answer: any): Promise<unknown[]> {
	switch (kind) {
		case 'json':
			return [(await answer) ?? null];
		case 'file': {
			const file: File = await answer;
			return [{ size: file.size, name: file.name }];
		}
		case 'events':
			return first(answer.events(), (event) => ({ type: event.type, value: event.value }));
		default:
			return first(answer, (item) => item);
	}
}

async function first(items: AsyncIterable<any>, shown: (item: any) => unknown): Promise<unknown[]> {
	const found = [];
	for await (const item of items) {
		found.push(shown(item));
		if (found.length === MOST_ITEMS) break;
	}
	return found;
}

/** JSON has no files: `{ $file: text, name }` stands for one. */
function revived(value: any): any {
	if (Array.isArray(value)) return value.map(revived);
	if (value === null || typeof value !== 'object') return value;
	if ('$file' in value) return new File([value.$file], value.name, { type: 'text/plain' });
	return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revived(inner)]));
}
