import * as app from './app.api.ts';
import type { EventStream, ServerEvent } from './runtime.ts';
import type { Gives, Same, Takes } from './same.ts';
import type { Inner, ItemByName, Quiet } from './types.ts';

true satisfies Same<
	Gives<typeof app.by_alias>,
	{ itemName: string; price: number; inner: Inner | null }
>;
true satisfies Same<
	Takes<typeof app.read>[0],
	{ itemName: string; price?: number; inner?: { note?: string | null } | null }
>;
true satisfies Same<
	Gives<typeof app.by_name>,
	{ item_name: string; price: number; inner: Inner | null }
>;
true satisfies Same<Gives<typeof app.without_unset>, Takes<typeof app.read>[0]>;
true satisfies Same<Gives<typeof app.included>, { itemName: string; price: number }>;
true satisfies Same<Gives<typeof app.excluded>, { price: number; inner: Inner | null }>;
true satisfies Same<
	Gives<typeof app.excluded_within>,
	{ itemName: string; price: number; inner: Record<string, never> | null }
>;
true satisfies Same<
	ReturnType<typeof app.server_sent_events_use_names>,
	EventStream<ServerEvent<'item', ItemByName>>
>;
true satisfies Same<Gives<typeof app.dumped_json_uses_names>, ItemByName>;
true satisfies Same<Gives<typeof app.dumped_by_alias>, Gives<typeof app.without_none>>;
true satisfies Same<Gives<typeof app.configured_aliases>, Quiet>;
