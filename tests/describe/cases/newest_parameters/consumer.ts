import * as app from './app.api.ts';
import type { Same, Takes } from './same.ts';

true satisfies Same<Takes<typeof app.optional_model>, []>;
app.optional_model({ limit: 1, offset: undefined });
true satisfies Same<Takes<typeof app.by_parts>, [body: { name: string }]>;
app.by_parts({ name: 'a' }, {}) satisfies Promise<string>;
