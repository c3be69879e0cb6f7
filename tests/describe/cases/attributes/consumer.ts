import * as app from './app.api.ts';
import type { EventStream, ServerEvent } from './runtime.ts';
import type { Gives, Same } from './same.ts';
import type { Token } from './types.ts';

type OfTokens = EventStream<ServerEvent<'message', Token>>;

true satisfies Same<ReturnType<typeof app.typed_typed | typeof app.typed_inherited>, OfTokens>;
true satisfies Same<ReturnType<typeof app.live | typeof app.made_in_the_route>, OfTokens>;
true satisfies Same<
	Gives<typeof app.counted>,
	{ home: unknown; found: null | 'yes' } | { count: unknown } | { rows: unknown; maybe: unknown }
>;
true satisfies Same<Gives<typeof app.moving>, { moved: unknown }>;
true satisfies Same<ReturnType<typeof app.one_of_its_subclasses>, EventStream<ServerEvent>>;
true satisfies Same<Gives<typeof app.of_a_protocol>, { name: 'a' } | { text: 'b' }>;
