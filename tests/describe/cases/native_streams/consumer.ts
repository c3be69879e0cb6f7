import * as app from './app.api.ts';
import type { EventStream, RecordStream, ServerEvent } from './runtime.ts';
import type { Gives, Same, Takes } from './same.ts';
import type { Done, Token, TokenInput } from './types.ts';

true satisfies Same<ReturnType<typeof app.events>, EventStream<ServerEvent<'message', Token>>>;
true satisfies Same<Gives<typeof app.events>, Token>;
true satisfies Same<Gives<typeof app.asked>, Token | Done>;
true satisfies Same<Takes<typeof app.asked>, [question: TokenInput]>;
true satisfies Same<ReturnType<typeof app.lines>, RecordStream<Token>>;
true satisfies Same<Gives<typeof app.sync_lines>, number>;
true satisfies Same<Gives<typeof app.anything>, unknown>;
true satisfies Same<Gives<typeof app.mixed>, Token | Done>;
true satisfies Same<
	app.NamedEventsEvent,
	| ServerEvent<'token', Token>
	| ServerEvent<'progress', { left: number; ok: true }>
	| ServerEvent<'note', 'text is JSON too'>
	| ServerEvent<'end', '[DONE]'>
>;
true satisfies Same<Takes<typeof app.literal_names>, [name: 'start' | 'stop']>;

const told = app.mixed({ on: { done: (event) => event.value satisfies Done } });
for await (const event of told.events()) {
	if (event.type === 'done') event.value.total satisfies number;
	// @ts-expect-error a token has none
	else event.value.total;
}
