// Copied by fluidkit. Changes to this file are overwritten.
// What FastAPI answers, with status 422, to values that are not what the route takes.

/** The body of FastAPI's 422. Its `detail` is text where a route raised the error by hand. */
export interface HTTPValidationError {
	detail: ValidationError[] | string;
}

/** One value that was refused: where it stands (`['body', 'email']`), and why. */
export interface ValidationError {
	loc: (string | number)[];
	msg: string;
	/** The rule, by pydantic's name for it: `'string_too_short'`. */
	type: string;
	/** The value. FastAPI 0.115 and later send it back. */
	input?: unknown;
	/** The rule's own values: `{ min_length: 1 }`. */
	ctx?: Record<string, unknown>;
}

/** Messages for the fields of a form, by the path of each. */
export interface FieldErrors {
	readonly [path: string]: string | undefined;
}

/**
 * The first message for each value, by its path below the body: `name`, `address.street`, `tags.0`.
 * A parameter goes by its own name. What concerns the body as a whole, a `detail` that is text
 * among it, has the path `''`.
 *
 *     if (isError(create_item, error) && error.status === 422) messages = fieldErrors(error.body);
 *
 *     <input name="email" aria-invalid={!!messages.email} />
 *     {messages.email}
 */
export function fieldErrors({ detail }: HTTPValidationError): FieldErrors {
	if (!Array.isArray(detail)) return { '': String(detail) };
	const messages = new Map<string, string>();
	for (const { loc, msg } of detail) {
		const path = loc.slice(1).join('.');
		if (!messages.has(path)) messages.set(path, msg);
	}
	return Object.fromEntries(messages);
}
