import * as app from './app.api.ts';
import { isError, type ApiError } from './runtime.ts';
import type { Same } from './same.ts';
import type { Item, Problem, Taken, Wrapped } from './types.ts';

true satisfies Same<app.TakesNothingError, ApiError<Problem, 500>>;
true satisfies Same<Awaited<ReturnType<typeof app.takes_body>>, Item>;

export function told(error: unknown): void {
	if (!isError(app.create, error)) return;
	if (error.status === 503) true satisfies Same<typeof error.body, Wrapped<Taken>>;
	if (error.status === 409) true satisfies Same<typeof error.body, Taken>;
	if (error.status === 401) true satisfies Same<typeof error.body, unknown>;
	// @ts-expect-error it may be a list
	if (error.status === 422) error.body.detail satisfies string;
	// @ts-expect-error it declares no 418
	if (error.status === 418) return;
}
