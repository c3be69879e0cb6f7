// What the contenders read: bodies of known events, cut into chunks, as a `fetch` gives them.

export type Bytes = Uint8Array<ArrayBuffer>;

export interface Body {
	readonly type: 'text/event-stream' | 'application/jsonl';
	readonly chunks: readonly Bytes[];
	/** Of all items together, by which a reader shows that it has read them. */
	readonly sum: number;
}

const CHUNK = 65_536;
const EVENT_BYTES = 120;
const encoder = new TextEncoder();

export function eventsInLargeChunks(count: number): Body {
	return { ...eventBody(count), chunks: cut(encoder.encode(eventTexts(count).join('')), CHUNK) };
}

export function oneEventAChunk(count: number): Body {
	return { ...eventBody(count), chunks: eventTexts(count).map((text) => encoder.encode(text)) };
}

/** One event whose data is `json`, in chunks as they come from a socket. */
export function oneEvent(json: string): Body {
	const chunks = cut(encoder.encode(`data: ${json}\n\n`), CHUNK);
	return { type: 'text/event-stream', chunks, sum: 1 };
}

export function recordTexts(count: number): string[] {
	return eventTexts(count).map((text) => text.slice('data: '.length).trimEnd());
}

export function recordsInLargeChunks(count: number): Body {
	const chunks = cut(encoder.encode(recordTexts(count).join('\n')), CHUNK);
	return { type: 'application/jsonl', chunks, sum: sumTo(count) };
}

/** A `fetch` that answers with the body, a chunk for each read. */
export function fetchOf({ type, chunks }: Body): typeof fetch {
	return () => {
		let next = 0;
		const stream = new ReadableStream<Bytes>(
			{
				pull(controller) {
					const chunk = chunks[next++];
					if (chunk) controller.enqueue(chunk);
					else controller.close();
				}
			},
			{ highWaterMark: 0 }
		);
		return Promise.resolve(new Response(stream, { headers: { 'content-type': type } }));
	};
}

function eventBody(count: number): Omit<Body, 'chunks'> {
	return { type: 'text/event-stream', sum: sumTo(count) };
}

/** Each of `EVENT_BYTES`, with a value whose `n` tells them apart. */
function eventTexts(count: number): string[] {
	return Array.from({ length: count }, (_, n) => {
		const start = `data: {"n":${n},"role":"assistant","text":"`;
		return `${start.padEnd(EVENT_BYTES - 4, 'streams are read as they come ')}"}\n\n`;
	});
}

function sumTo(count: number): number {
	return (count * (count - 1)) / 2;
}

function cut(bytes: Bytes, size: number): Bytes[] {
	const count = Math.ceil(bytes.length / size);
	return Array.from({ length: count }, (_, i) => bytes.slice(i * size, (i + 1) * size));
}
