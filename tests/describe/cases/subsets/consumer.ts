import * as app from './app.api.ts';
import type { Gives, Same } from './same.ts';
import type { Inner, Item } from './types.ts';

interface Noted {
	note: string;
}

true satisfies Same<Gives<typeof app.keys>, { shown: number }>;
true satisfies Same<Gives<typeof app.fields>, { shown: number }>;
true satisfies Same<Gives<typeof app.maybe>, { ownName: string } | null>;
true satisfies Same<Gives<typeof app.by_name>, { own_name: string }>;
true satisfies Same<Gives<typeof app.either>, { inner: Inner } | Noted>;
true satisfies Same<
	Gives<typeof app.within>,
	{ inner: Noted; listed: Noted[]; keyed: Record<string, Noted>; pair: [Noted, number] }
>;
true satisfies Same<Gives<typeof app.chosen>, { inner: Noted; listed: Inner[] }>;
true satisfies Same<Gives<typeof app.of_each>, { inner: Noted }[]>;
true satisfies Same<Gives<typeof app.of_root>, { ownName: string }[]>;
true satisfies Same<Gives<typeof app.of_none>, Item[]>;
true satisfies Same<Gives<typeof app.nothing>, Record<string, never>>;
true satisfies Same<Gives<typeof app.of_the_first>, unknown>;
true satisfies Same<Gives<typeof app.of_written>, unknown>;
