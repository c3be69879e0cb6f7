import * as app from './app.api.ts';
import type { EventStream, ServerEvent } from './runtime.ts';
import type { Gives, Same } from './same.ts';
import type {
	Chunk,
	Completion,
	CompletionRequest,
	Delta,
	EndEvent,
	Step,
	TokenEvent
} from './types.ts';

declare const request: CompletionRequest;
app.h01({ ...request, stream: false }) satisfies Promise<Completion>;
const answered = () => app.h02({ ...request, stream: true });
true satisfies Same<
	ReturnType<typeof answered>,
	EventStream<ServerEvent<'message', Chunk | { error: string }>>
>;
true satisfies Same<app.H03Event, ServerEvent<'token', string> | ServerEvent<'end', ''>>;
true satisfies Same<app.H04Event, ServerEvent<'token', Chunk> | ServerEvent<'end', { ok: true }>>;
true satisfies Same<Gives<typeof app.h05>, TokenEvent | EndEvent>;
true satisfies Same<ReturnType<typeof app.h07>, EventStream<ServerEvent<'chunk', Chunk>>>;
true satisfies Same<
	app.H08Event,
	ServerEvent<'step', Step> | ServerEvent<'done', Record<string, never>>
>;
true satisfies Same<Gives<typeof app.h14>, Delta>;
true satisfies Same<Gives<typeof app.h15>, { delta: string; full: string; at: number }>;
true satisfies Same<Gives<typeof app.h19>, unknown>;
true satisfies Same<
	app.H24Event,
	ServerEvent<'start', { model: 'small' }> | ServerEvent<'end', { count: number }>
>;
true satisfies Same<Gives<typeof app.h32>, Chunk | { done: true }>;
app.h28({ stream: false }) satisfies Promise<{ chunks: Chunk[]; count: number }>;
app.h28() satisfies EventStream<ServerEvent<'message', Chunk>>;
