import * as app from './app.api.ts';
import type { Gives, Same, Takes } from './same.ts';
import type { Login, Sent, Size } from './types.ts';

true satisfies Same<Takes<typeof app.one_field>, [body: { name: string }]>;
true satisfies Same<
	Takes<typeof app.several_fields>,
	[body: { 'full-name': string; size: Size; tags?: string[]; source?: string }]
>;
true satisfies Same<Gives<typeof app.form_model>, Login>;
true satisfies Same<Takes<typeof app.upload>, [body: { file: Blob }]>;
true satisfies Same<Gives<typeof app.uploads>, Sent[]>;

app.upload({ file: new File(['a'], 'a.txt') });
// @ts-expect-error a text is no file
app.upload({ file: 'a' });
