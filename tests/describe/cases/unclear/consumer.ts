import * as app from './app.api.ts';
import type { Download, EventStream, RecordStream, ServerEvent } from './runtime.ts';
import type { Gives, Same } from './same.ts';

true satisfies Same<
	ReturnType<typeof app.unannotated_call>,
	EventStream<ServerEvent<'message', unknown>>
>;
true satisfies Same<ReturnType<typeof app.media_type>, Download>;
true satisfies Same<Gives<typeof app.elsewhere>, unknown>;
true satisfies Same<ReturnType<typeof app.declared>, EventStream<ServerEvent>>;
true satisfies Same<ReturnType<typeof app.untyped_list>, RecordStream<unknown>>;
true satisfies Same<ReturnType<typeof app.recursive>, RecordStream<unknown>>;
