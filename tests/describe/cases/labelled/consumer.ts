import * as app from './app.api.ts';
import type { Download, EventStream, RecordStream, ServerEvent, TextStream } from './runtime.ts';
import type { Gives, Same } from './same.ts';
import type { Done, Item, Tok } from './types.ts';

type Both = ServerEvent<'tok', Tok> | ServerEvent<'done', Done>;

true satisfies Same<ReturnType<typeof app.c02>, EventStream<ServerEvent<'item', Item>>>;
true satisfies Same<ReturnType<typeof app.c03>, EventStream<Both>>;
true satisfies Same<ReturnType<typeof app.c04>, EventStream<Both>>;
true satisfies Same<Gives<typeof app.c05>, { text: 'x'; n: number }>;
true satisfies Same<ReturnType<typeof app.c06 | typeof app.c07>, RecordStream<Item>>;
true satisfies Same<ReturnType<typeof app.c08>, Download>;
true satisfies Same<ReturnType<typeof app.c09>, EventStream<ServerEvent>>;
app.c11() satisfies Promise<{ a: number }>;
app.c12({ stream: true }) satisfies EventStream<ServerEvent<'message', unknown>>;
true satisfies Same<Gives<typeof app.c13 | typeof app.c14 | typeof app.c16>, Item>;
true satisfies Same<ReturnType<typeof app.c18 | typeof app.c19 | typeof app.c23>, TextStream>;
true satisfies Same<ReturnType<typeof app.c20 | typeof app.c21 | typeof app.c24>, Download>;
true satisfies Same<ReturnType<typeof app.c22 | typeof app.c25>, RecordStream<Item>>;
true satisfies Same<Gives<typeof app.c26 | typeof app.c27 | typeof app.c30>, Item>;
true satisfies Same<app.C31Event, Both>;
true satisfies Same<ReturnType<typeof app.c39>, RecordStream<Tok | Done>>;
true satisfies Same<Gives<typeof app.c41>, { i: number; kind: 'row' }>;
true satisfies Same<ReturnType<typeof app.c42>, Promise<{ a: number }>>;
true satisfies Same<ReturnType<typeof app.c43>, Promise<Item>>;
true satisfies Same<Gives<typeof app.c50>, Tok>;
