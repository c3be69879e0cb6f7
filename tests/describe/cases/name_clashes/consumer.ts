import * as app from './app.api.ts';
import type { Gives, Same, Takes } from './same.ts';

true satisfies Same<Gives<typeof app.shop>, { price: number }>;
true satisfies Same<Gives<typeof app.blog>, { title: string; draft: boolean }>;
true satisfies Same<Takes<typeof app.blog>[0], { title: string; draft?: boolean }>;
true satisfies Same<Gives<typeof app.nested>, { held: boolean }>;
