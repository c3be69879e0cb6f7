import * as app from './app.api.ts';
import type { Gives, Same, Takes } from './same.ts';
import type { Holidays, Moment, Page, Plain, Untold } from './types.ts';

true satisfies Same<Moment[keyof Moment], string | number | null>;
true satisfies Same<Holidays, string[]>;
true satisfies Same<Gives<typeof app.untold>, Untold | Plain>;
true satisfies Same<Gives<typeof app.pages_of_dates>, Page<string>>;
true satisfies Same<Takes<typeof app.since>, [at: string, until: string]>;
true satisfies Same<Gives<typeof app.dates>, Record<string, string>>;
