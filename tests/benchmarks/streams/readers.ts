// Who reads streams, each as its own documentation has it: our runtime, and four others.

import { events, records } from '../../../scaffolds/client/typescript/runtime.ts';

/** Reads all that `fetch` answers with, and gives the sum of what `worth` says of each value. */
export type Reader = (fetch: Fetch, worth: Worth) => Promise<number>;
export type Worth = (value: unknown) => number;
type Fetch = typeof globalThis.fetch;

// Some refuse an address without an origin.
const ADDRESS = 'http://localhost/stream';

/** `packages` is the folder with the others' npm packages, and a module for each. */
export async function reader(name: string, packages: string): Promise<Reader> {
	switch (name) {
		case 'fluidkit':
			return readOurs;
		case 'fluidkit, callbacks':
			return readOursByCallback;
		case 'fluidkit, records':
			return readOurRecords;
		case 'fluidkit, records, callbacks':
			return readOurRecordsByCallback;
		case 'no parser':
			return readWithoutParser;
		case 'eventsource-parser':
			return readWithParser(await load(packages, 'eventsource-parser.mjs'));
		case 'hey-api':
			return readWithHeyApi(await load(packages, 'hey-api.ts'));
		case 'fetch-event-source':
			return readWithFetchEventSource(await load(packages, 'fetch-event-source.mjs'));
		case 'oRPC':
			return readWithOrpc(await load(packages, 'orpc.mjs'));
		default:
			throw new Error(`nobody is called ${name}`);
	}
}

const readOurs: Reader = async (fetch, worth) => {
	let sum = 0;
	for await (const value of events('GET', '/stream', {}, { fetch })) sum += worth(value);
	return sum;
};

const readOursByCallback: Reader = async (fetch, worth) => {
	let sum = 0;
	const onMessage = ({ value }: { value: unknown }) => void (sum += worth(value));
	await events('GET', '/stream', {}, { fetch, onMessage }).closed;
	return sum;
};

const readOurRecords: Reader = async (fetch, worth) => {
	let sum = 0;
	for await (const value of records('GET', '/stream', {}, { fetch })) sum += worth(value);
	return sum;
};

const readOurRecordsByCallback: Reader = async (fetch, worth) => {
	let sum = 0;
	const onChunk = (value: unknown) => void (sum += worth(value));
	await records('GET', '/stream', {}, { fetch, onChunk }).closed;
	return sum;
};

/** Of one event a chunk: what remains for whoever reads with `fetch`, and cannot be saved. */
const readWithoutParser: Reader = async (fetch, worth) => {
	const { body } = await fetch(ADDRESS);
	const reader = body?.getReader();
	const decoder = new TextDecoder();
	let sum = 0;
	for (;;) {
		const { value } = (await reader?.read()) ?? {};
		if (!value) return sum;
		const text = decoder.decode(value, { stream: true });
		sum += worth(JSON.parse(text.slice('data: '.length)));
	}
};

interface EventSourceParser {
	EventSourceParserStream: new () => TransformStream<string, { data: string }>;
}

function readWithParser({ EventSourceParserStream }: EventSourceParser): Reader {
	return async (fetch, worth) => {
		const { body } = await fetch(ADDRESS);
		const text = body?.pipeThrough(new TextDecoderStream());
		let sum = 0;
		for await (const { data } of text?.pipeThrough(new EventSourceParserStream()) ?? []) {
			sum += worth(JSON.parse(data));
		}
		return sum;
	};
}

interface HeyApi {
	createSseClient(options: { url: string; fetch: Fetch }): { stream: AsyncIterable<unknown> };
}

function readWithHeyApi({ createSseClient }: HeyApi): Reader {
	return async (fetch, worth) => {
		let sum = 0;
		for await (const value of createSseClient({ url: ADDRESS, fetch }).stream) sum += worth(value);
		return sum;
	};
}

interface FetchEventSource {
	fetchEventSource(
		address: string,
		options: { fetch: Fetch; openWhenHidden: true; onmessage(event: { data: string }): void }
	): Promise<void>;
}

function readWithFetchEventSource({ fetchEventSource }: FetchEventSource): Reader {
	return async (fetch, worth) => {
		let sum = 0;
		const onmessage = ({ data }: { data: string }) => void (sum += worth(JSON.parse(data)));
		await fetchEventSource(ADDRESS, { fetch, openWhenHidden: true, onmessage });
		return sum;
	};
}

interface Orpc {
	toEventIterator(body: Response['body']): AsyncIterable<unknown>;
}

function readWithOrpc({ toEventIterator }: Orpc): Reader {
	return async (fetch, worth) => {
		let sum = 0;
		for await (const value of toEventIterator((await fetch(ADDRESS)).body)) sum += worth(value);
		return sum;
	};
}

function load<Module>(packages: string, file: string): Promise<Module> {
	return import(`${packages}/${file}`) as Promise<Module>;
}
