import * as app from './app.api.ts';
import type { Gives, Same, Takes } from './same.ts';
import { Color, type Dictionaries, type Lists } from './types.ts';

true satisfies Same<
	Gives<typeof app.lists>,
	{
		queue: number[];
		unique: number[];
		frozen: string[];
		sequence: number[];
		many: number[];
		pair: [number, string];
		none: [];
	}
>;
true satisfies Same<Dictionaries['lists'], Record<string, number[]>>;
true satisfies Same<Dictionaries['by_number'], Record<number, string>>;
true satisfies Same<Dictionaries['by_choice'], { a?: number; b?: number }>;
true satisfies Same<Dictionaries['by_color'], { red?: number; blue?: number }>;
true satisfies Same<Dictionaries['by_level'], { 1?: number }>;
true satisfies Same<Takes<typeof app.send_dictionaries>[0], Partial<Dictionaries>>;
true satisfies Same<Gives<typeof app.bare>, { red?: Lists[]; blue?: Lists[] }>;
app.bare().then((bare) => bare[Color.red]?.[0]?.pair[1] satisfies string | undefined);
