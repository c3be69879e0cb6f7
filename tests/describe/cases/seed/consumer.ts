import * as app from './app.api.ts';
import type { Download, EventStream, RecordStream, ServerEvent, TextStream } from './runtime.ts';
import type { Same, Takes } from './same.ts';
import type { Notification, Record_ } from './types.ts';

true satisfies Same<Takes<typeof app.stream_notifications>, [user_id: number]>;
true satisfies Same<
	ReturnType<typeof app.stream_notifications>,
	EventStream<ServerEvent<'notification', Notification>>
>;
true satisfies Same<Notification, { id: number; message: string }>;
true satisfies Same<ReturnType<typeof app.download_file>, Download>;
true satisfies Same<Takes<typeof app.download_file>, [file_id: string]>;
true satisfies Same<ReturnType<typeof app.stream_analytics_data>, RecordStream<Record_>>;
true satisfies Same<Record_, { name: string; value: number }>;
true satisfies Same<ReturnType<typeof app.logs>, TextStream>;
