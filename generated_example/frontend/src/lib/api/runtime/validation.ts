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
 * What has no message of its own has the first one from within: a field that is `int | float` is
 * refused at `amount.int` and `amount.float`, and the form finds that under `amount`.
 *
 *     if (isError(create_item, error) && error.status === 422) messages = fieldErrors(error.body);
 *
 *     <input name="email" aria-invalid={!!messages.email} />
 *     {messages.email}
 */
export function fieldErrors(body: HTTPValidationError): FieldErrors {
	const refused = refusals(body);
	const messages = new Map<string, string>();
	for (const { path, message } of [...refused, ...refused.flatMap(around)]) {
		const key = path.join('.');
		if (!messages.has(key)) messages.set(key, message);
	}
	return Object.fromEntries(messages);
}

interface Refusal {
	readonly path: readonly string[];
	readonly message: string;
}

/** Whatever the body is: a form that fails to tell an error would hide it. */
function refusals(body: unknown): Refusal[] {
	const { detail } = Object(body);
	return Array.isArray(detail) ? detail.map(refusal) : [refusal(detail ?? body)];
}

function refusal(entry: unknown): Refusal {
	const { loc, msg } = Object(entry);
	const path = Array.isArray(loc) ? loc.slice(1).map(String) : [];
	return { path, message: textOf(msg ?? entry) };
}

/** The message at all that its value is part of, from the inside out, but the body as a whole. */
function around({ path, message }: Refusal): Refusal[] {
	const within = path.slice(1).map((_, index) => path.slice(0, index + 1));
	return within.reverse().map((path) => ({ path, message }));
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : String(JSON.stringify(value));
}
