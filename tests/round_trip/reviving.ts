// Gives answers to generated functions, and prints what comes of each as TypeScript.

import { readFileSync } from 'node:fs';

const [clients, answers] = process.argv.slice(2);
const app = await import(clients!);
const baseUrl = 'http://answers.invalid';

const found: string[] = [];
for (const [name, answer] of JSON.parse(readFileSync(answers!, 'utf8')) as [string, unknown][]) {
	const fetch = async () => Response.json(answer);
	found.push(written(await app[name]({ baseUrl, fetch })));
}
process.stdout.write(JSON.stringify(found), () => process.exit());

function written(value: any): string {
	if (value instanceof Date) return `new Date('${value.toJSON()}')`;
	if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
	if (value === null || typeof value !== 'object') return JSON.stringify(value);
	const members = Object.entries(value).map(([key, inner]) => `${keyOf(key)}: ${written(inner)}`);
	return `{ ${members.join(', ')} }`;
}

function keyOf(key: string): string {
	return key === '__proto__' ? `['__proto__']` : JSON.stringify(key);
}
