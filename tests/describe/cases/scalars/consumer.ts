import * as app from './app.api.ts';
import type { Gives, Same, Takes } from './same.ts';
import type { Texts } from './types.ts';

true satisfies Same<Texts[keyof Texts], string>;
true satisfies Same<Gives<typeof app.texts>, Texts>;
true satisfies Same<
	Gives<typeof app.times>,
	{ at: string; aware: string; day: string; clock: string; lasts: string }
>;
true satisfies Same<Takes<typeof app.send_times>[0], Partial<Gives<typeof app.times>>>;
true satisfies Same<
	Gives<typeof app.numbers>,
	{
		lasts: number;
		size: number;
		bounded: number;
		access: number;
		odd: [1, 2] | number;
		large: number;
		exact: string;
		choice: 'a' | 1 | true | null;
		anything: unknown;
	}
>;
true satisfies Same<Takes<typeof app.parsed>[0], { numbers: string; whatever: string }>;
true satisfies Same<Gives<typeof app.parsed>, { numbers: number[]; whatever: unknown }>;
