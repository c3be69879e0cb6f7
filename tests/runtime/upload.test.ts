// Uploads that tell how far they are: what `XMLHttpRequest` says is an answer as of `fetch`.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

const PAGE = new URL('https://shop.example/items/');
// Before the runtime looks where it is.
Reflect.set(globalThis, 'location', PAGE);
const { ApiError, multipartOf, sendFiles } =
	await import('../../scaffolds/client/typescript/runtime.ts');

interface Answered {
	readonly status: number;
	readonly headers: string;
	/** None when the body never comes. */
	readonly body?: string;
}

/** What a browser's does, and at what moment: the head of the answer, then its body. */
class Request {
	static HEADERS_RECEIVED = 2;
	static answer: Answered;
	static aborted = 0;
	readonly upload = {};
	readonly responseURL = PAGE.href;
	readyState = 0;
	status = 0;
	response: unknown;
	onreadystatechange?(): void;
	onload?(): void;
	onabort?(): void;
	open(): void {}
	setRequestHeader(): void {}
	getAllResponseHeaders = () => Request.answer.headers;

	send(): void {
		const { status, body } = Request.answer;
		queueMicrotask(() => {
			this.status = status;
			this.readyState = Request.HEADERS_RECEIVED;
			this.onreadystatechange?.();
			this.response = new TextEncoder().encode(body).buffer;
			if (body !== undefined) this.onload?.();
		});
	}

	abort(): void {
		Request.aborted += 1;
		this.onabort?.();
	}
}
Reflect.set(globalThis, 'XMLHttpRequest', Request);

function upload(answer: Answered): Promise<unknown> {
	Request.answer = answer;
	Request.aborted = 0;
	const parts = { form: multipartOf({ file: new File(['x'], 'x.txt') }) };
	return sendFiles('POST', '/files', parts, { onUploadProgress: () => {} });
}

test('an answer may show no header, as one of another origin does', async () => {
	assert.equal(await upload({ status: 204, headers: '' }), undefined);
	assert.equal(await upload({ status: 200, headers: '', body: '1' }), 1);
});

test('a header may be empty, and hold a colon', async () => {
	const headers = 'content-type: application/json\r\nx-time: 10: 30\r\nx-empty: \r\n';
	const sent = upload({ status: 409, headers, body: '{"detail":"taken"}' });
	const error = await sent.catch((error: unknown) => error);
	assert.ok(error instanceof ApiError);
	assert.equal(error.message, 'POST /files answered 409: taken');
	assert.equal(error.headers.get('x-time'), '10: 30');
	assert.equal(error.headers.get('x-empty'), '');
});

test('an error whose body never comes gives up its request', async (t: TestContext) => {
	t.mock.timers.enable({ apis: ['setTimeout'] });
	const failed = assert.rejects(upload({ status: 500, headers: '' }), { status: 500 });
	await new Promise((resolve) => setImmediate(resolve));
	t.mock.timers.tick(5_000);
	await failed;
	assert.equal(Request.aborted, 1);
});
