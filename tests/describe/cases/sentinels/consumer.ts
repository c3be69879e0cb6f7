import * as app from './app.api.ts';
import type { EventStream, ServerEvent } from './runtime.ts';
import type { Gives, Same } from './same.ts';
import type { Token } from './types.ts';

type OfTokens = EventStream<ServerEvent<'message', Token>>;

true satisfies Same<ReturnType<typeof app.framed>, OfTokens>;
true satisfies Same<ReturnType<typeof app.dicts>, EventStream<ServerEvent<'token', Token>>>;
true satisfies Same<ReturnType<typeof app.strings | typeof app.event_objects>, OfTokens>;
true satisfies Same<Gives<typeof app.returned>, Token | { error: string }>;
true satisfies Same<ReturnType<typeof app.broken_off | typeof app.passed_on>, OfTokens>;
true satisfies Same<Gives<typeof app.in_one_piece>, { text: 'a' }>;
true satisfies Same<Gives<typeof app.delegated>, { text: 'a' } | { text: 'b' }>;
true satisfies Same<ReturnType<typeof app.in_the_middle>, EventStream<ServerEvent>>;
true satisfies Same<ReturnType<typeof app.not_last>, EventStream<ServerEvent>>;
true satisfies Same<
	app.OtherNameEvent,
	ServerEvent<'token', Token> | ServerEvent<'done', '[DONE]'>
>;
true satisfies Same<Gives<typeof app.all_text>, string>;
