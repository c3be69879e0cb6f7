import * as app from './app.api.ts';
import type { Same, Takes } from './same.ts';

true satisfies Same<
	Takes<typeof app.within>[0],
	{
		user: { name: string; address?: { city?: string } };
		numbers: [unknown, number, ...unknown[]];
		more?: unknown[];
		own?: Record<string, number>;
		key?: number;
		c: number;
	}
>;
true satisfies Same<Takes<typeof app.by_name_too>[0], { name: string }>;
true satisfies Same<Takes<typeof app.choices>, [limit: number]>;
true satisfies Same<Takes<typeof app.chosen>, [form: { max: number }]>;
true satisfies Same<Takes<typeof app.by_name_of_a_form>, [form: { limit: number }]>;
