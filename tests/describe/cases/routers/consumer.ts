import * as app from './app.api.ts';
import type { Gives, Same, Takes } from './same.ts';

true satisfies Same<Gives<typeof app.root>, number>;
true satisfies Same<Takes<typeof app.leaf>, [inner_id: number]>;
true satisfies Same<Gives<typeof app.several_get | typeof app.several_post>, number>;
true satisfies Same<Takes<typeof app.below>, [tenant: string, q: string]>;
true satisfies Same<Takes<typeof app.wrapper>, [q: number]>;
true satisfies Same<Takes<typeof app.Callable>, [q: number]>;
true satisfies Same<Gives<typeof app.lambda>, unknown>;
true satisfies Same<Gives<typeof app.late>, number>;
true satisfies Same<
	Exclude<keyof typeof app, `${string}_url`>,
	| 'root'
	| 'leaf'
	| 'several_get'
	| 'several_post'
	| 'below'
	| 'wrapper'
	| 'Callable'
	| 'lambda'
	| 'late'
>;
