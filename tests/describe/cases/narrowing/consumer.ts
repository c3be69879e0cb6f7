import * as app from './app.api.ts';
import type { EventStream, ServerEvent } from './runtime.ts';
import type { Gives, Same } from './same.ts';
import type { End, Failure, Fatal, Row, Token } from './types.ts';

type OfRows = EventStream<ServerEvent<'row', Row>>;
type ByKind = ServerEvent<'token', Token> | ServerEvent<'error', Failure> | ServerEvent<'end', End>;

true satisfies Same<app.LeftOnNoneEvent, ServerEvent<'row', Row> | ServerEvent<'end', null>>;
true satisfies Same<ReturnType<typeof app.named_while_not_none | typeof app.asserted>, OfRows>;
true satisfies Same<app.TakenAgainEvent, ServerEvent<'row', Row> | ServerEvent<'next', Row | null>>;
true satisfies Same<Gives<typeof app.bound_anew>, Row | null>;
true satisfies Same<app.ByClassEvent | app.ByFieldEvent, ByKind>;
true satisfies Same<
	app.ByClassAboveEvent,
	ServerEvent<'fatal', Fatal> | ServerEvent<'failure', Failure | null>
>;
true satisfies Same<
	app.ByMatchEvent,
	| ServerEvent<'empty', Token | Failure>
	| ServerEvent<'token', Token>
	| ServerEvent<'other', Failure | End>
>;
true satisfies Same<
	app.ByMatchOfAFieldEvent,
	ServerEvent<'token', Token> | ServerEvent<'not-token', Failure | End>
>;
true satisfies Same<
	app.ByOneOfTwoEvent,
	ServerEvent<'good', Token | End> | ServerEvent<'bad', Failure>
>;
true satisfies Same<
	app.AGeneratorOrDataEvent,
	ServerEvent<'token', Token> | ServerEvent<'size', number>
>;
true satisfies Same<Gives<typeof app.by_an_unclear_field>, Token | Failure | End>;
true satisfies Same<
	app.ByMemberEvent,
	ServerEvent<'token', { text: 'a' }> | ServerEvent<'end', { reason: string }>
>;
