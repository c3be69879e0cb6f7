import * as app from './app.api.ts';
import type { EventStream, ServerEvent } from './runtime.ts';
import type { Gives, Same } from './same.ts';

type Done = { done: number };
type Streamed = EventStream<ServerEvent<'message', { text: 'a' }>>;

true satisfies Same<Gives<typeof app.every_case>, { first: number } | { other: number }>;
true satisfies Same<Gives<typeof app.not_every_case>, { first: number } | { other: number } | null>;
app.case_by_flag() satisfies Promise<Done>;
app.case_by_flag({ streaming: true }) satisfies Streamed;
true satisfies Same<Gives<typeof app.else_of_a_loop>, Done>;
true satisfies Same<Gives<typeof app.else_of_a_loop_that_breaks>, Done | null>;
true satisfies Same<Gives<typeof app.breaks_another_loop>, Done>;
true satisfies Same<Gives<typeof app.says_so>, Done>;
true satisfies Same<Gives<typeof app.says_so_awaited>, Done>;
true satisfies Same<Gives<typeof app.always_raises>, Done>;
true satisfies Same<Gives<typeof app.exits>, Done>;
true satisfies Same<Gives<typeof app.only_warns>, Done | null>;
true satisfies Same<Gives<typeof app.calls_itself>, Done | null>;
true satisfies Same<ReturnType<typeof app.an_empty_stream>, Streamed>;
true satisfies Same<ReturnType<typeof app.nothing_and_more>, Streamed>;
true satisfies Same<ReturnType<typeof app.only_an_empty_stream>, EventStream<ServerEvent>>;
