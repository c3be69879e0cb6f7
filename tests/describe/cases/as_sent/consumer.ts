import * as app from './app.api.ts';
import type { Gives, Same, Takes } from './same.ts';
import { Shade } from './types.ts';

true satisfies Same<typeof Shade.GRAY, 'grey'>;
true satisfies Same<typeof Shade.GREY, 'grey'>;
true satisfies Same<
	Takes<typeof app.undocumented>[0],
	{ needed: number; maybe?: number; listed?: number[] }
>;
true satisfies Same<
	Gives<typeof app.undocumented>,
	{ needed: number; inner: number; maybe: number | null; listed: (number | null)[] }
>;
true satisfies Same<Takes<typeof app.made>[0], { size: number; scale?: number }>;
true satisfies Same<Gives<typeof app.made>, { size: number; area: number }>;
true satisfies Same<Gives<typeof app.hidden>, { pin: string; day: string | null }>;
true satisfies Same<
	Gives<typeof app.encoded>,
	[{ price: number; shade: string }, { price: number }]
>;
true satisfies Same<
	Gives<typeof app.wrapped>,
	{
		nothing: Record<string, never>;
		everything: Record<string, unknown>;
		listed: Record<string, unknown>[];
	}
>;
true satisfies Same<Gives<typeof app.bound>, { value: unknown }>;
true satisfies Same<Gives<typeof app.bound_alone>, { value: Record<string, unknown> }>;
true satisfies Same<Gives<typeof app.box_again>, { value: Shade[]; others: Shade[][] }>;
true satisfies Same<Gives<typeof app.fractions>, Record<string, number>>;
