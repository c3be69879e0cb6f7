import * as app from './app.api.ts';
import type { Gives, Same, Takes } from './same.ts';

true satisfies Same<
	Takes<typeof app.item>[0],
	{
		needed: number | null;
		nullable?: number | null;
		default?: number;
		inner?: { note?: string | null };
	}
>;
true satisfies Same<
	Gives<typeof app.item>,
	{
		needed: number | null;
		nullable: number | null;
		default: number;
		inner: { note: string | null };
	}
>;
true satisfies Same<Gives<typeof app.unset>, Takes<typeof app.item>[0]>;
true satisfies Same<Gives<typeof app.defaults>, Takes<typeof app.item>[0][]>;
true satisfies Same<
	Gives<typeof app.none>,
	{
		needed?: number | null;
		nullable?: number | null;
		default: number;
		inner: { note?: string | null };
	}
>;
true satisfies Same<Gives<typeof app.included>, { needed: number | null; default: number }>;
true satisfies Same<
	Gives<typeof app.excluded>,
	{ needed: number | null; nullable: number | null; default: number }
>;
