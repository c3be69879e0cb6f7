import * as app from './app.api.ts';
import type { Same, Takes } from './same.ts';
import { Order } from './types.ts';

true satisfies Same<Takes<typeof app.in_order>, [q: string, tenant_id: string, item_id: number]>;
true satisfies Same<Takes<typeof app.names>, [item_query: string]>;
true satisfies Same<Takes<typeof app.left_out>, []>;
true satisfies Same<Takes<typeof app.spans_segments>, [file_path: string]>;

app.in_order('q', 'tenant', 1, { limit: 2, cursor: undefined, since: '2026-01-01' });
app.names('q', { kind: 'a', tags: ['x'] });
app.models('trace', { order_by: Order.newest });
// @ts-expect-error it is a number
app.in_order('q', 'tenant', '1');
// @ts-expect-error there is no such kind
app.names('q', { kind: 'c' });
// @ts-expect-error there is no such option
app.left_out({ token: 'x' });
