// Copied by fluidkit. Changes to this file are overwritten.
// What a route declares that it may raise, told from everything else that can go wrong.

import { ApiError } from './errors.ts';
import type { HTTPValidationError } from './validation.ts';

/** Statuses that a route declares together: all of a hundred, or all that it does not name. */
export type StatusRange = '4XX' | '5XX' | 'default';

/** The statuses of a range, without those that are declared more closely: `'4XX', 404 | 410`. */
export type StatusOf<
	Range extends StatusRange,
	Closer extends number | StatusRange = never
> = Exclude<Ranges[Range], Closer extends StatusRange ? Ranges[Closer] : Closer>;

interface Ranges {
	'4XX': Hundred<4>;
	'5XX': Hundred<5>;
	default: Hundred<4 | 5>;
}

type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
type Hundred<First extends number> = AsNumber<`${First}${Digit}${Digit}`>;
type AsNumber<Text> = Text extends `${infer Value extends number}` ? Value : never;

/** Tells the errors that one route declares from all others. */
export type ErrorGuard<E extends ApiError> = (error: unknown) => error is E;

/**
 * Whether `error` is what this route answered, with a status that it declares (`responses=`, and
 * FastAPI's 422). Then `status` tells which, and `body` has its type.
 *
 *     try {
 *     	await create_item(item);
 *     } catch (error) {
 *     	if (!isError(create_item, error)) throw error;
 *     	if (error.status === 422) messages = fieldErrors(error.body);
 *     	else message = error.body.detail;
 *     }
 *
 * The errors of other routes are none, nor are statuses that it does not declare, lost connections,
 * and answers that are not JSON: a proxy or a crash may send those under any status.
 */
export function isError<E extends ApiError>(
	route: { readonly errors: ErrorGuard<E> },
	error: unknown
): error is E {
	return route.errors(error);
}

/** The errors of the route that answers `request` (`'POST /api/items'`), by their statuses. */
// So that a bundler drops the call together with a function that nobody imports:
// @__NO_SIDE_EFFECTS__
export function errors<E extends ApiError = ApiError<HTTPValidationError, 422>>(
	request: string,
	...statuses: (number | StatusRange)[]
): ErrorGuard<E> {
	return (error): error is E =>
		error instanceof ApiError &&
		error.request === request &&
		error.isJson &&
		statuses.some((status) => covers(status, error.status));
}

function covers(declared: number | StatusRange, status: number): boolean {
	if (declared === 'default') return status >= 400;
	return declared === status || declared === `${Math.floor(status / 100)}XX`;
}
