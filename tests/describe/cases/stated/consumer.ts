import * as app from './app.api.ts';
import type { EventStream, RecordStream, ServerEvent, TextStream } from './runtime.ts';
import type { Gives, Same } from './same.ts';
import type { Done, Token, TokenByName } from './types.ts';

true satisfies Same<app.NamedEvent, ServerEvent<'token', TokenByName> | ServerEvent<'done', Done>>;
true satisfies Same<ReturnType<typeof app.named>, EventStream<app.NamedEvent>>;
true satisfies Same<Gives<typeof app.ended>, TokenByName>;
true satisfies Same<Gives<typeof app.as_text>, string>;
true satisfies Same<ReturnType<typeof app.lines>, RecordStream<Done>>;
true satisfies Same<ReturnType<typeof app.kind_from_source>, RecordStream<Done>>;
true satisfies Same<ReturnType<typeof app.plain>, Promise<Done>>;
true satisfies Same<ReturnType<typeof app.overruled>, Promise<Token[]>>;
true satisfies Same<
	ReturnType<typeof app.missing_type>,
	EventStream<ServerEvent<'message', unknown>>
>;
true satisfies Same<ReturnType<typeof app.no_type>, Promise<unknown>>;
true satisfies Same<ReturnType<typeof app.odd_keys>, TextStream>;
app.by_flag() satisfies Promise<{ total: number }>;
app.by_flag({ stream: true }) satisfies EventStream<ServerEvent<'message', Done>>;
