import * as app from './app.api.ts';
import { isError } from './runtime.ts';
import type { Gives, Same, Takes } from './same.ts';
import type { Refused } from './types.ts';

true satisfies Same<Gives<typeof app.unknown>, string>;
true satisfies Same<Takes<typeof app.declared>, [item_id: number]>;
export function refused(error: unknown): unknown {
	if (isError(app.declared, error)) {
		error.status satisfies 422;
		return error.body satisfies Refused;
	}
	if (isError(app.declared_by_range, error)) return error.body satisfies Refused;
	if (!isError(app.unknown_too, error)) return undefined;
	true satisfies Same<typeof error.body, unknown>;
	return error.status satisfies 422;
}
