import * as app from './app.api.ts';
import type { Same, Takes } from './same.ts';

interface Item {
	name: string | null;
}

true satisfies Same<Takes<typeof app.needed>, [item: Item]>;
true satisfies Same<Takes<typeof app.wanted>, []>;
true satisfies Same<Takes<typeof app.parts>[0], { first: number; second?: number | null }>;
true satisfies Same<Takes<typeof app.listed>[0], (Item | null)[]>;
