// Which errors are those that a route declares, and what a form makes of a 422.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
	pathOf,
	ApiError,
	ConnectionError,
	errors,
	events,
	fieldErrors,
	isError,
	json,
	type HTTPValidationError,
	type RequestError
} from '../../scaffolds/client/typescript/runtime.ts';
import { cut, serve } from './server.ts';

const create_item = { errors: errors('POST /items', 409, 422) };

test('an error is declared by its route and its status', () => {
	assert.ok(isError(create_item, failed('POST /items', 409)));
	assert.ok(isError(create_item, failed('POST /items', 422)));
	assert.ok(!isError(create_item, failed('POST /items', 404)));
	assert.ok(!isError(create_item, failed('POST /items', 500)));
	assert.ok(!isError(create_item, failed('PUT /items', 422)));
	for (const other of [new ConnectionError('unreachable', 'POST /items'), new Error(), null, 422]) {
		assert.ok(!isError(create_item, other));
	}
});

test('a range declares its hundred, and the default every error', () => {
	const range = { errors: errors('GET /', 404, '5XX') };
	const all = { errors: errors('GET /', 'default') };
	const declared = (route: typeof range) =>
		[304, 400, 404, 499, 500, 599].filter((status) => isError(route, failed('GET /', status)));
	assert.deepEqual(declared(range), [404, 500, 599]);
	assert.deepEqual(declared(all), [400, 404, 499, 500, 599]);
});

test('the error of a request is told by the route that it went to', async (t) => {
	const detail = [{ loc: ['path', 'id'], msg: 'Not a number', type: 'int_parsing' }];
	const server = await serve(t, ({ response }) => {
		response.writeHead(422, JSON_TYPE).end(JSON.stringify({ detail }));
	});
	const read_item = { errors: errors('GET /items/{id}', 422) };
	await assert.rejects(
		json('GET', '/items/{id}', { path: pathOf({ id: 'x' }) }, server),
		(error) => {
			assert.ok(isError(read_item, error));
			assert.deepEqual(error.body.detail, detail);
			return !isError(create_item, error);
		}
	);
});

test('a stream that is refused fails with what its route declares', async (t) => {
	const chat = { errors: errors('POST /chat', 422) };
	const server = await serve(t, ({ response }) => {
		response.writeHead(422, JSON_TYPE).end('{"detail":"Say something"}');
	});
	const error = await new Promise<RequestError>((onError) => {
		events('POST', '/chat', {}, { ...server, onError });
	});
	assert.ok(isError(chat, error));
	assert.deepEqual(error.body, { detail: 'Say something' });
});

test('what is not JSON is never declared, whatever its status', async (t) => {
	const route = { errors: errors('GET /', 'default') };
	const server = await serve(t, (exchange, index) => {
		const { response } = exchange;
		if (index === 0) response.writeHead(500).end('Internal Server Error');
		if (index === 1) response.writeHead(404, JSON_TYPE).end('{"detail":');
		if (index > 1) {
			response.writeHead(404, JSON_TYPE);
			response.write('{"detail":', () => cut(exchange));
		}
	});
	for (const body of ['Internal Server Error', '{"detail":', '{"detail":']) {
		await assert.rejects(json('GET', '/', {}, server), (error) => {
			assert.ok(error instanceof ApiError);
			assert.equal(error.body, body);
			return !isError(route, error);
		});
	}
});

test('a form finds the first message for each of its fields', () => {
	const messages = fieldErrors(
		refused(
			[['body', 'email'], 'No address'],
			[['body', 'email'], 'Too short'],
			[['body', 'address', 'lines', 0], 'Empty'],
			[['query', 'limit'], 'Too much'],
			[['body', '__proto__'], 'Odd']
		)
	);
	assert.equal(messages.email, 'No address');
	assert.equal(messages['address.lines.0'], 'Empty');
	assert.equal(messages.limit, 'Too much');
	assert.deepEqual(Object.getOwnPropertyDescriptor(messages, '__proto__')?.value, 'Odd');
	assert.equal(messages.name, undefined);
});

test('a field has the message from within it, unless it has one of its own', () => {
	const messages = fieldErrors(
		refused(
			[['body', 'amount', 'int'], 'No integer'],
			[['body', 'amount', 'float'], 'No number'],
			[['body', 'tags', 0, 'name'], 'Too long'],
			[['body', 'tags'], 'Too many']
		)
	);
	assert.deepEqual(messages, {
		'amount.int': 'No integer',
		'amount.float': 'No number',
		'tags.0.name': 'Too long',
		tags: 'Too many',
		amount: 'No integer',
		'tags.0': 'Too long'
	});
});

test('what no field is to blame for has the empty path', () => {
	assert.deepEqual(fieldErrors(refused([['body'], 'Field required'])), { '': 'Field required' });
	assert.deepEqual(fieldErrors({ detail: 'Taken' }), { '': 'Taken' });
});

const ODD_BODIES: [unknown, string][] = [
	[{ detail: ['Too short', 'Too plain'] }, 'Too short'],
	[{ detail: [{ msg: 'Wrong' }] }, 'Wrong'],
	[{ detail: [{ loc: 'body', msg: 'Wrong' }] }, 'Wrong'],
	[{ detail: [{ code: 1 }] }, '{"code":1}'],
	[{ detail: [null] }, 'null'],
	[{ detail: { code: 1 } }, '{"code":1}'],
	[{ detail: null, code: 1 }, '{"detail":null,"code":1}'],
	[{}, '{}'],
	[null, 'null'],
	[undefined, 'undefined'],
	['Wrong', 'Wrong']
];

for (const [body, message] of ODD_BODIES) {
	test(`a body that is none of FastAPI's is told as it came: ${JSON.stringify(body)}`, () => {
		assert.deepEqual(fieldErrors(body as HTTPValidationError), { '': message });
	});
}

const JSON_TYPE = { 'content-type': 'application/json' };

function failed(request: string, status: number): ApiError {
	return new ApiError(request, new Response(null, { status }), null, true);
}

function refused(...values: [(string | number)[], string][]): HTTPValidationError {
	return { detail: values.map(([loc, msg]) => ({ loc, msg, type: 'any' })) };
}
