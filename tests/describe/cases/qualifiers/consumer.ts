import * as app from './app.api.ts';
import type { Gives, Same } from './same.ts';

true satisfies Same<
	Gives<typeof app.data>,
	{ limit: number; name: 'shop'; rows: { a: number }[]; kind: 'item' }
>;
true satisfies Same<Gives<typeof app.lines>, { limit: number; name: 'shop' } | { name: string }>;
true satisfies Same<Gives<typeof app.nothing_there>, unknown>;
