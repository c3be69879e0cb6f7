import * as app from './app.api.ts';
import type { EventStream, ServerEvent } from './runtime.ts';
import type { Gives, Same } from './same.ts';
import type { Item } from './types.ts';

true satisfies Same<
	Gives<typeof app.model_and_more>,
	{ name: string; note: string | null; seq: number }
>;
true satisfies Same<
	Gives<typeof app.later_keys_win>,
	{ name: string; seq: number; note?: string | null }
>;
true satisfies Same<
	Gives<typeof app.a_key_that_may_miss>,
	{ name: string | number; note: string | null; at: number }
>;
true satisfies Same<
	Gives<typeof app.by_operator>,
	{ number: number; kind: 'step'; version: number }
>;
true satisfies Same<Gives<typeof app.by_call>, { number: number; kind: 'step' } | { a: number }>;
true satisfies Same<
	Gives<typeof app.one_of_two>,
	| { first: true; name: string; note: string | null }
	| { first: true; name: string; [key: string]: unknown }
>;
true satisfies Same<Gives<typeof app.unclear_keys | typeof app.changed_later>, unknown>;
true satisfies Same<
	app.EventsEvent,
	ServerEvent<'token', Item> | ServerEvent<'end', Record<string, never>>
>;
true satisfies Same<
	app.DumpedEventsEvent,
	ServerEvent<'started', string> | ServerEvent<'ended', string>
>;
true satisfies Same<ReturnType<typeof app.dumped_without_being_events>, EventStream<ServerEvent>>;
