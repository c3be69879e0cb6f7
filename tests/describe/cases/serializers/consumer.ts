import * as app from './app.api.ts';
import type { Gives, Same, Takes } from './same.ts';

true satisfies Same<
	Gives<typeof app.fields>,
	{
		text: string;
		listed: number[];
		stamp: number;
		maybe: string | null;
		lenient: number;
		stated: number;
	}
>;
true satisfies Same<
	Takes<typeof app.send_fields>[0],
	{
		text?: number;
		listed?: number;
		stamp?: string;
		maybe?: number | null;
		lenient?: number;
		stated?: number;
	}
>;
true satisfies Same<
	Gives<typeof app.models>,
	[{ [key: string]: number }, { [key: string]: unknown }]
>;
