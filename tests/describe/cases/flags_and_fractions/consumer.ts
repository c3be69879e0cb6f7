import * as app from './app.api.ts';
import type { Gives, Same, Takes } from './same.ts';
import type { Level } from './types.ts';

type Fraction = number | 'Infinity' | '-Infinity' | 'NaN';

true satisfies Same<Level, 1 | 2>;
true satisfies Same<Gives<typeof app.flags>, { access: number; style: number; level: Level }>;
true satisfies Same<Takes<typeof app.flags>[0], Partial<Gives<typeof app.flags>>>;
true satisfies Same<
	Gives<typeof app.named>,
	{ share: Fraction; shares: Fraction[]; finite: number }
>;
true satisfies Same<
	Takes<typeof app.named>[0],
	{ share: number; shares: number[]; finite: number }
>;
true satisfies Same<Gives<typeof app.plain>, { share: number }>;
true satisfies Same<Gives<typeof app.empty>, Record<string, never>>;
