// Copied by fluidkit. Changes to this file are overwritten.
// Makes dates of the texts that a route declares to be some, and leaves everything else as it came.

import { DataError } from './errors.ts';

/** Gives a value of JSON its dates; lists and objects are changed in place. */
export type Revive<T> = (value: unknown) => T;

/** The type of what came without its dates being made: they are text, as in the body of an error. */
export type DatesAsText<T> = T extends Date
	? string
	: T extends object
		? { [Key in keyof T]: DatesAsText<T[Key]> }
		: T;

/** As pydantic writes a `datetime`. Of its fraction JavaScript has room for three digits. */
const DATE_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,3})?\d*(Z|[+-]\d\d:\d\d)?$/;

/**
 * A date of its text. Where that names no time zone it is read as UTC: the zone in which dates are
 * sent, and the same in every browser.
 */
export function date(value: unknown): Date {
	const parts = typeof value === 'string' && DATE_TIME.exec(value);
	if (!parts) throw invalid(value);
	const [, day, clock, fraction = '', zone = 'Z'] = parts;
	const text = `${day}T${clock}`;
	const found = new Date(text + fraction + zone);
	// Engines take the 30th of February for the 2nd of March.
	const isReal = new Date(`${text}Z`).toJSON()?.startsWith(text);
	if (!isReal || Number.isNaN(found.getTime())) throw invalid(value);
	return found;
}

/** What holds no date. */
export const asIs: Revive<any> = (value) => value;

// So that a bundler drops the calls for which nobody asks:
// @__NO_SIDE_EFFECTS__
export function nullable<T>(revive: Revive<T>): Revive<T | null> {
	return (value) => (value === null ? null : revive(value));
}

/** Every item of a list. */
// @__NO_SIDE_EFFECTS__
export function each<T>(revive: Revive<T>): Revive<T[]> {
	return places([], revive);
}

/** Every value of an object with any keys. */
// @__NO_SIDE_EFFECTS__
export function values<T>(revive: Revive<T>): Revive<Record<string, T>> {
	return fields({}, revive);
}

/** The items of a tuple, and those after them. */
// @__NO_SIDE_EFFECTS__
export function places(
	items: readonly Revive<unknown>[],
	rest: Revive<unknown> = asIs
): Revive<any> {
	return (value) => {
		if (Array.isArray(value)) {
			for (const index of value.keys()) set(value, index, items[index] ?? rest);
		}
		return value;
	};
}

/** Those keys of an object that it has, and all that are not among them. */
// @__NO_SIDE_EFFECTS__
export function fields<T>(
	revivals: { readonly [Key in keyof NoInfer<T>]?: Revive<NoInfer<T>[Key]> },
	rest?: Revive<unknown>
): Revive<T> {
	// A map, since keys come from the server: there may be one that is called `__proto__`.
	const known = new Map<string, Revive<unknown>>(Object.entries(revivals));
	return (value) => {
		if (typeof value === 'object' && value !== null) {
			for (const key of rest ? Object.keys(value) : known.keys()) {
				const revive = known.get(key) ?? rest;
				if (revive && Object.hasOwn(value, key)) set(value as Record<string, unknown>, key, revive);
			}
		}
		return value as T;
	};
}

/** What the value is, by the kind of JSON that it is. */
// @__NO_SIDE_EFFECTS__
export function byKind(
	kinds: Partial<Record<'string' | 'array' | 'object', Revive<unknown>>>
): Revive<any> {
	return (value) => {
		const kind = Array.isArray(value) ? 'array' : typeof value;
		const revive = value !== null && kinds[kind as keyof typeof kinds];
		return revive ? revive(value) : value;
	};
}

/** What an object is, by the value of one of its keys: `byTag({ kind: { card: reviveCard } })`. */
// @__NO_SIDE_EFFECTS__
export function byTag(
	by: Readonly<Record<string, Readonly<Record<string, Revive<unknown>>>>>
): Revive<any> {
	const [[tag, cases] = ['', {}]] = Object.entries(by);
	const known = new Map(Object.entries(cases));
	return (value) => {
		const { [tag]: found } = Object(value) as Record<string, unknown>;
		// Not `String`: an object may have a `toString` of the server's.
		const text = typeof found === 'string' ? found : JSON.stringify(found);
		return (known.get(text) ?? asIs)(value);
	};
}

function set<Key extends string | number>(
	holder: Record<Key, unknown>,
	key: Key,
	revive: Revive<unknown>
): void {
	try {
		holder[key] = revive(holder[key]);
	} catch (error) {
		if (!(error instanceof DataError)) throw error;
		throw invalid(error.cause, error.path ? `${key}.${error.path}` : `${key}`);
	}
}

/** The value is the error's cause; the path to it is found on the way out. */
function invalid(value: unknown, path = ''): DataError {
	const text = typeof value === 'string' ? value : String(JSON.stringify(value));
	const error = new DataError('invalid_date', path ? `${path}: ${text}` : text, undefined, value);
	return Object.assign(error, { path });
}
