import * as app from './app.api.ts';
import type { EventStream, RecordStream, ServerEvent } from './runtime.ts';
import type { Gives, Same } from './same.ts';
import type { Item } from './types.ts';

true satisfies Same<ReturnType<typeof app.models_as_text>, RecordStream<unknown>>;
true satisfies Same<ReturnType<typeof app.models_as_events>, EventStream<ServerEvent>>;
true satisfies Same<ReturnType<typeof app.dict_as_data>, EventStream<ServerEvent<'item', unknown>>>;
true satisfies Same<Gives<typeof app.model_as_data>, unknown>;
true satisfies Same<ReturnType<typeof app.in_pieces>, EventStream<ServerEvent>>;
true satisfies Same<Gives<typeof app.sentinel>, Item>;
true satisfies Same<Gives<typeof app.sync_with_finally>, Item>;
true satisfies Same<Gives<typeof app.async_with_finally>, 'text'>;
true satisfies Same<Gives<typeof app.generator_as_value>, unknown>;
