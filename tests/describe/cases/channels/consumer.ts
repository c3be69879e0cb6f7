import * as app from './app.api.ts';
import type { Gives, Same } from './same.ts';
import type { Joined, Left, Missed, Notification } from './types.ts';

true satisfies Same<Gives<typeof app.matched>, Notification | Missed>;
true satisfies Same<Gives<typeof app.of_a_user>, Notification>;
true satisfies Same<Gives<typeof app.union>, Joined | Left>;
true satisfies Same<Gives<typeof app.classic>, Notification>;
