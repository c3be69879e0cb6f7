import * as app from './app.api.ts';
import type { Gives, Same, Takes } from './same.ts';

true satisfies Same<
	Takes<typeof app.item>[0],
	{
		LIST?: [number, ...unknown[]];
		BOTH: number;
		READ: number;
		written: number;
		EITHER: number;
	}
>;
true satisfies Same<
	Gives<typeof app.item>,
	{ BOTH: number; read: number; WRITTEN: number; either: number; first: number; SUM: number }
>;
true satisfies Same<
	Gives<typeof app.by_name>,
	{ both: number; read: number; written: number; either: number; first: number; total: number }
>;
true satisfies Same<Takes<typeof app.camel>[0], { firstName: string; bornIn?: number | null }>;
true satisfies Same<Gives<typeof app.camel>, { firstName: string; bornIn: number | null }>;
