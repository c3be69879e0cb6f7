import * as app from './app.api.ts';
import type { Gives, Same } from './same.ts';
import type { Token } from './types.ts';

true satisfies Same<Gives<typeof app.tokens>, Token>;
true satisfies Same<Gives<typeof app.past>, Token>;
