import * as app from './app.api.ts';
import type { Gives, Same } from './same.ts';
import type { Color } from './types.ts';

true satisfies Same<Gives<typeof app.default_writes_dates>, { at: string }>;
true satisfies Same<Gives<typeof app.default_writes_enums>, unknown>;
true satisfies Same<Gives<typeof app.dumped_for_json>, { color: Color; lasts: string }>;
true satisfies Same<Gives<typeof app.decimals>, unknown>;
true satisfies Same<
	Gives<typeof app.models>,
	{ money: { amount: string }; moment: { at: string } }
>;
true satisfies Same<
	Gives<typeof app.bare_decimal>,
	{ amount: unknown; lasts: unknown; at: string }
>;
true satisfies Same<Gives<typeof app.dates_as_text>, { at: string }>;
