import * as app from './app.api.ts';
import type { Gives, Same } from './same.ts';

true satisfies Same<
	Gives<typeof app.holder>,
	{ name: string; foreign: unknown; callback: unknown }
>;
true satisfies Same<
	Gives<typeof app.serialized>,
	{ typed: string; untyped: unknown; plain: unknown }
>;
true satisfies Same<Gives<typeof app.whole>, unknown>;
true satisfies Same<Gives<typeof app.wrapper>, { base: { id: number } }>;
true satisfies Same<Gives<typeof app.raising>, unknown>;
true satisfies Same<Gives<typeof app.untouched>, { id: number }>;
