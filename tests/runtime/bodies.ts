// Bodies of answers that a test controls chunk by chunk, in Node and in a page.

/** A fetch whose answer has these chunks; `end` 'reset' breaks the body off after them. */
export function fetchOf(
	chunks: Iterable<Uint8Array<ArrayBuffer>>,
	contentType: string,
	end: 'clean' | 'reset' = 'clean'
): typeof fetch {
	const iterator = chunks[Symbol.iterator]();
	const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
		{
			pull(controller) {
				const { value, done } = iterator.next();
				if (!done) controller.enqueue(value);
				else if (end === 'clean') controller.close();
				else controller.error(new TypeError('terminated'));
			}
		},
		{ highWaterMark: 0 }
	);
	return () => Promise.resolve(new Response(body, { headers: { 'content-type': contentType } }));
}
