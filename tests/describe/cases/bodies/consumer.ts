import * as app from './app.api.ts';
import type { Gives, Same, Takes } from './same.ts';
import type { Item, ItemInput, User } from './types.ts';

true satisfies Same<Takes<typeof app.one>, [item: ItemInput]>;
true satisfies Same<Gives<typeof app.one>, Item>;
true satisfies Same<Takes<typeof app.embedded>, [body: { item: ItemInput }]>;
true satisfies Same<
	Takes<typeof app.several>,
	[body: { item: ItemInput; user?: User | null; count?: number }]
>;
true satisfies Same<Takes<typeof app.optional>, []>;
true satisfies Same<Takes<typeof app.many>, [items: ItemInput[]]>;
true satisfies Same<Takes<typeof app.plain>, [numbers: Record<number, string>]>;

app.optional({ item: null });
app.optional({ item: { name: 'a' } });
// @ts-expect-error it has a name
app.optional({ item: {} });
// @ts-expect-error no browser sends a body with GET
app.search;
