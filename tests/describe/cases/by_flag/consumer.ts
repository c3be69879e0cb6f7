import * as app from './app.api.ts';
import type { EventStream, ServerEvent, TextStream } from './runtime.ts';
import type { Same } from './same.ts';
import type { Answer, Token } from './types.ts';

type Streamed = EventStream<ServerEvent<'message', Token>>;

const question = 'why';
export const json = () => ({
	unsaid: app.early(),
	undecided: app.early({ stream: undefined }),
	needed: app.ternary(false),
	unless: app.else_branch({ whole: true }),
	byDefault: app.else_branch(),
	inBody: app.in_body({ question }),
	said: app.in_body({ question, stream: false }),
	inForm: app.in_form({ question }),
	among: app.among_others({ verbose: true }),
	constant: app.constant(),
	both: app.both({ stream: true })
});
export const streamed = () => [
	app.early({ stream: true }),
	app.ternary(true),
	app.else_branch({ whole: false }),
	app.renamed({ stream: true }),
	app.may_be_none({ stream: true }),
	app.in_body({ question, stream: true }),
	app.odd_body({ 'wants-stream': true }),
	app.validated({}),
	app.validated({ as_events: true, limit: 1 }),
	app.in_form({ question, stream: true }),
	app.embedded({ question, stream: true }),
	app.declared({ question, stream: true }),
	app.helper({ question, stream: true }),
	app.among_others({ verbose: true, stream: true })
];
true satisfies Same<
	ReturnType<typeof json>,
	{
		unsaid: Promise<Answer>;
		undecided: Promise<Answer>;
		needed: Promise<{ words: number }>;
		unless: Promise<{ words: number }>;
		byDefault: Promise<{ words: number }>;
		inBody: Promise<Answer>;
		said: Promise<Answer>;
		inForm: Promise<{ question: string }>;
		among: Promise<Answer>;
		constant: Promise<Answer>;
		both: Promise<unknown>;
	}
>;
true satisfies Same<ReturnType<typeof streamed>, Streamed[]>;
app.renamed() satisfies TextStream;
app.validated({ as_events: false }) satisfies Promise<Answer>;
app.early({ stream: true, onMessage: (event) => event.value satisfies Token });
// @ts-expect-error JSON has no messages
app.early({ onMessage: () => {} });
app.early({ stream: Math.random() > 0.5 }) satisfies Streamed | Promise<Answer>;
declare const request: Parameters<typeof app.in_body>[0];
app.in_body(request) satisfies Streamed | Promise<Answer>;
app.odd_body({ 'wants-stream': null }) satisfies
	Streamed | Promise<{ words: number; wants: boolean }>;

app.all_optional() satisfies Promise<Answer>;
app.all_optional({ body: { question } }) satisfies Promise<Answer>;
app.all_optional({ body: { question, stream: true } }) satisfies Streamed;
app.all_optional({ body: { stream: Math.random() > 0.5 } }) satisfies Streamed | Promise<Answer>;
app.all_optional_by_default() satisfies Streamed;
app.all_optional_by_default({ body: { 'as-events': false } }) satisfies Promise<Answer>;
