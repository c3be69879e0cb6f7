import * as app from './app.api.ts';
import type { Gives, Same } from './same.ts';
import type { Item } from './types.ts';

true satisfies Same<Gives<typeof app.route_custom_encoder>, unknown>;
true satisfies Same<Gives<typeof app.route_keys>, 'a'[]>;
true satisfies Same<Gives<typeof app.route_letters>, string[]>;
true satisfies Same<Gives<typeof app.route_negated_boolean>, { minus: number; half: number }>;
true satisfies Same<Gives<typeof app.route_not_round_trip>, Item>;
true satisfies Same<Gives<typeof app.route_own_dump>, { custom: true }>;
true satisfies Same<Gives<typeof app.route_own_get>, boolean>;
true satisfies Same<Gives<typeof app.route_reversed_pair>, { first: number | 'a' }>;
true satisfies Same<Gives<typeof app.route_slice_of_a_list>, { some: number[]; one: number }>;
true satisfies Same<Gives<typeof app.route_text_of_an_enum>, { text: string; value: 'one' }>;
true satisfies Same<
	Gives<typeof app.route_value_of_a_mapping>,
	{ at: number; maybe: number | null }
>;
true satisfies Same<Gives<typeof app.route_wrapped>, { position: number; item: string }>;
true satisfies Same<Gives<typeof app.fields_of_items>, { name: string }>;
true satisfies Same<Gives<typeof app.indented_response>, { a: number }>;
