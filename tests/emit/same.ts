/** `true` where two types are the same one, `false` where one only goes for the other. */
export type Same<A, B> =
	(<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** What a function's promise, or each round of its stream, gives. */
export type Gives<F extends (...given: never[]) => unknown> =
	ReturnType<F> extends AsyncIterable<infer Item> ? Item : Awaited<ReturnType<F>>;

/** What a function takes before its options. */
export type Takes<F extends (...given: never[]) => unknown> =
	Parameters<F> extends [...infer Positional, unknown?] ? Positional : never;

true satisfies Same<{ a?: string }, { a?: string }>;
// @ts-expect-error one may be missing
true satisfies Same<{ a?: string }, { a: string | undefined }>;
// @ts-expect-error anything goes for anything, and is not the same
true satisfies Same<any, string>;
// @ts-expect-error so with unknown
true satisfies Same<unknown, string>;
// @ts-expect-error it is wider
true satisfies Same<string | number, string>;
