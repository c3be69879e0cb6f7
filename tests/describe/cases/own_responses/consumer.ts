import * as app from './app.api.ts';
import type { Download, EventStream, ServerEvent, TextStream } from './runtime.ts';
import type { Gives, Same } from './same.ts';
import type { Item } from './types.ts';

type OfItems = EventStream<ServerEvent<'item', Item>>;
type OfAnything = EventStream<ServerEvent>;
type Named = EventStream<ServerEvent<'message', { name: 'a' }>>;

true satisfies Same<ReturnType<typeof app.framed>, Named>;
true satisfies Same<ReturnType<typeof app.set_media_type>, Named>;
true satisfies Same<ReturnType<typeof app.framing>, OfItems>;
true satisfies Same<ReturnType<typeof app.framing_again>, OfItems>;
true satisfies Same<ReturnType<typeof app.dumping>, EventStream<ServerEvent<'message', Item>>>;
true satisfies Same<ReturnType<typeof app.unread>, OfAnything>;
true satisfies Same<ReturnType<typeof app.two_of_a_kind>, OfAnything>;
true satisfies Same<ReturnType<typeof app.named_later>, OfAnything>;
true satisfies Same<ReturnType<typeof app.wrapped_later>, OfAnything>;
true satisfies Same<ReturnType<typeof app.typed_later>, Named>;
true satisfies Same<ReturnType<typeof app.headers_spread>, Named>;
true satisfies Same<ReturnType<typeof app.headers_untold>, Download>;
true satisfies Same<ReturnType<typeof app.options_untold>, Download>;
true satisfies Same<Gives<typeof app.enveloped>, { data: { count: number }; ok: true }>;
true satisfies Same<Gives<typeof app.enveloped_data>, { data: { count: number }; ok: true }>;
true satisfies Same<Gives<typeof app.enveloped_declared>, { data: Item; ok: true }>;
app.enveloped_or_streamed() satisfies Promise<{ data: Item; ok: true }>;
app.enveloped_or_streamed({ stream: true }) satisfies Named;
true satisfies Same<Gives<typeof app.dated>, { dated: Item }>;
true satisfies Same<Gives<typeof app.shouted>, unknown>;
true satisfies Same<Gives<typeof app.refused>, { name: string }>;
true satisfies Same<ReturnType<typeof app.page>, TextStream>;
true satisfies Same<ReturnType<typeof app.table>, Download>;
true satisfies Same<
	ReturnType<typeof app.steps>,
	EventStream<ServerEvent<'step', { step: number }>>
>;
