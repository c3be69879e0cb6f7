import * as app from './app.api.ts';
import type { Gives, Same, Takes } from './same.ts';

true satisfies Same<ReturnType<typeof app.both>, Promise<void>>;
true satisfies Same<Gives<typeof app.old | typeof app.summary | typeof app.docstring>, number>;
true satisfies Same<Takes<typeof app.nullable>, [needed: number]>;
app.nullable(1, { limit: undefined });
// @ts-expect-error null cannot be sent
app.nullable(1, { limit: null });
