import * as app from './app.api.ts';
import type { Gives, Same } from './same.ts';

true satisfies Same<Gives<typeof app.route_alias>, unknown>;
true satisfies Same<Gives<typeof app.route_class_attribute>, { mode: unknown; grown: unknown }>;
true satisfies Same<
	Gives<typeof app.route_computed_globals>,
	{ environment: unknown; shell: string }
>;
true satisfies Same<
	Gives<typeof app.route_global_constants>,
	{ columns: ('name' | 'value')[]; rows: { id: number }[]; kept: 'steady' }
>;
true satisfies Same<
	Gives<typeof app.route_kept>,
	{ kind: 'row'; row: { id: number; word: 'x' }; count: number }
>;
true satisfies Same<
	Gives<typeof app.route_kept_class_attributes>,
	{ kept: 'steady'; phase: 'start'; sizes: number[] } | { text: string }
>;
true satisfies Same<Gives<typeof app.route_only_collected>, { a: number }>;
