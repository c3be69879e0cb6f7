import * as app from './app.api.ts';
import type { Gives, Same } from './same.ts';
import type { Item, Other } from './types.ts';

true satisfies Same<Gives<typeof app.assigned_again>, Item>;
true satisfies Same<Gives<typeof app.branches>, Item | Other>;
true satisfies Same<Gives<typeof app.changed_in_place>, unknown>;
true satisfies Same<Gives<typeof app.around_a_loop>, Item | Other>;
true satisfies Same<Gives<typeof app.counted>, { total: number; share: number; last: boolean }>;
true satisfies Same<Gives<typeof app.rebound_within>, { state: unknown }>;
true satisfies Same<Gives<typeof app.parameter_assigned>, { a: number }>;
true satisfies Same<Gives<typeof app.may_return_nothing>, { a: number } | null>;
true satisfies Same<Gives<typeof app.changed_deep_within>, unknown>;
