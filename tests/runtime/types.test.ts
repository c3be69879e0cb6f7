// What generated code relies on, as types: `tsc` is the test, running it only calls the functions.

import { test } from 'node:test';
import {
	queryOf,
	pathOf,
	ApiError,
	download,
	errors,
	events,
	fieldErrors,
	isError,
	json,
	records,
	text,
	url,
	type Download,
	type EventOptions,
	type EventStream,
	type HTTPValidationError,
	type RecordOptions,
	type RecordStream,
	type RequestOptions,
	type ServerEvent,
	type StatusOf,
	type TextStream,
	type ValidationError
} from '../../scaffolds/client/typescript/runtime.ts';
import { fetchOf } from './server.ts';

interface Item {
	name: string;
	price: number | null;
}

interface Problem {
	detail: string;
	code: number;
}

type ItemEvent = ServerEvent<'added', Item> | ServerEvent<'gone', string>;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

const holds = <_ extends true>() => {};
const EVENTS = { added: 'json', gone: 'text' } as const;

function watch(
	shop: string,
	options?: EventOptions<ItemEvent> & { limit?: number | undefined }
): EventStream<ItemEvent> {
	const [path, query] = [pathOf({ shop }), queryOf({ limit: options?.limit })];
	return events('GET', '/shops/{shop}/items', { path, query, events: EVENTS }, options);
}
watch.errors = errors('GET /shops/{shop}/items', 422);

function list_items(
	options?: RecordOptions<Item> & { q?: string | undefined }
): RecordStream<Item> {
	return records('GET', '/items', { query: queryOf({ q: options?.q }) }, options);
}

function create_item(item: Item, options?: RequestOptions): Promise<Item> {
	return json('POST', '/items', { body: item }, options);
}
create_item.errors = errors<CreateItemError>('POST /items', 404, 409, 422);

type CreateItemError = ApiError<Problem, 404 | 409> | ApiError<HTTPValidationError, 422>;

function remove_item(id: number, options?: RequestOptions): Promise<void> {
	return json('DELETE', '/items/{id}', { path: pathOf({ id }) }, options);
}
remove_item.errors = errors<RemoveItemError>('DELETE /items/{id}', 404, '4XX', 'default');

type RemoveItemError =
	| ApiError<Problem, 404>
	| ApiError<string, StatusOf<'4XX', 404>>
	| ApiError<null, StatusOf<'default', '4XX' | 503>>;

function read_log(options?: RequestOptions): TextStream {
	return text('GET', '/log', {}, options);
}

function download_file(id: string, options?: RequestOptions): Download {
	return download('GET', '/files/{id}/download', { path: pathOf({ id }) }, options);
}

function anything(options?: EventOptions): EventStream {
	return events('GET', '/anything', { events: 'any' }, options);
}

/** Never called: it is here to be checked. */
export async function usage(): Promise<void> {
	const stream = watch('a', {
		limit: undefined,
		onMessage: (event) => holds<Same<typeof event, ItemEvent>>(),
		on: {
			added: ({ value }) => holds<Same<typeof value, Item>>(),
			gone: ({ value }) => holds<Same<typeof value, string>>(),
			// @ts-expect-error the route has no such event
			other: () => {}
		},
		onUnknown: ({ value }) => holds<Same<typeof value, unknown>>()
	});
	for await (const value of stream) holds<Same<typeof value, Item | string>>();
	for await (const event of watch('a').events()) {
		if (event.type === 'added') holds<Same<typeof event.value, Item>>();
	}
	for await (const item of list_items({ q: 'x' })) holds<Same<typeof item, Item>>();
	list_items({ onChunk: (item) => holds<Same<typeof item, Item>>() });
	const created = await create_item({ name: 'x', price: null });
	holds<Same<typeof created, Item>>();
	await remove_item(1);
	for await (const line of read_log().lines()) holds<Same<typeof line, string>>();
	const blob = await download_file('7');
	holds<Same<typeof blob, File>>();
	URL.createObjectURL(blob);
	anything({ on: { 'any name': ({ value }) => holds<Same<typeof value, unknown>>() } });
	// @ts-expect-error an option that nobody knows
	watch('a', { limitt: 1 });
	const end = await stream.closed;
	if (end.reason === 'error' && end.error.kind === 'http')
		holds<Same<number, typeof end.error.status>>();
}

/** Never called, either. */
export function narrowing(error: unknown): void {
	if (isError(create_item, error)) {
		holds<Same<typeof error, CreateItemError>>();
		if (error.status === 422) {
			holds<Same<typeof error.body.detail, ValidationError[] | string>>();
			const messages = fieldErrors(error.body);
			holds<Same<typeof messages.name, string | undefined>>();
		} else holds<Same<typeof error.body, Problem>>();
		// @ts-expect-error a status that the route does not declare
		if (error.status === 500) return;
	} else holds<Same<typeof error, unknown>>();
	if (isError(remove_item, error)) {
		if (error.status === 404) holds<Same<typeof error.body, Problem>>();
		else if (error.status === 499) holds<Same<typeof error.body, string>>();
		else if (error.status === 500) holds<Same<typeof error.body, null>>();
		// @ts-expect-error declared more closely, as what the route does not declare
		if (error.status === 503) return;
	}
	watch('a', {
		onError: (error) => {
			if (isError(watch, error)) holds<Same<typeof error, ApiError<HTTPValidationError, 422>>>();
			else if (error.kind === 'http') holds<Same<typeof error.body, unknown>>();
		}
	});
	// @ts-expect-error a route that declares nothing
	isError(read_log, error);
}

/** Never called: `any` would let all of it pass. */
export function telling(error: unknown, either: CreateItemError | TypeError): void {
	if (error instanceof ApiError) {
		// @ts-expect-error no body is known before `isError`
		void error.body.anything;
		// @ts-expect-error a number
		error.status satisfies string;
	}
	if (either instanceof ApiError) holds<Same<typeof either, CreateItemError>>();
	else holds<Same<typeof either, TypeError>>();
}

test('the functions that generated code is made of run as they are typed', async () => {
	const chunk = new TextEncoder().encode('event: gone\ndata: 7\n\n');
	const fetch = fetchOf([chunk], 'text/event-stream');
	for await (const value of watch('a', { fetch })) value satisfies Item | string;
	url('/shops/{shop}/items', { path: { shop: 'a' } });
});
