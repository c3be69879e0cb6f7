import * as app from './app.api.ts';
import type { RecordStream } from './runtime.ts';
import type { Gives, Same } from './same.ts';
import type { Done, Row, Token } from './types.ts';

true satisfies Same<Gives<typeof app.helper_frames>, Token | Done>;
true satisfies Same<Gives<typeof app.queue>, Token>;
true satisfies Same<ReturnType<typeof app.typed_dicts>, RecordStream<Row>>;
true satisfies Same<
	Gives<typeof app.built>,
	{ number: number; word: string; tags: string[]; kind: 'row'; none: null }
>;
true satisfies Same<Gives<typeof app.adapter>, Token[]>;
true satisfies Same<Gives<typeof app.choice>, { n: number } | number[]>;
true satisfies Same<Gives<typeof app.plain_text>, string>;
