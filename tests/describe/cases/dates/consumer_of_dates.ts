import * as app from './app.api.ts';
import { isError, type DatesAsText, type EventStream, type ServerEvent } from './runtime.ts';
import type { Gives, Same, Takes } from './same.ts';
import type {
	Box,
	Card,
	Cash,
	Holidays,
	Late,
	Moment,
	MomentInput,
	Nested,
	Numbered,
	NumberedInput,
	Open,
	Page,
	Plain,
	Tree,
	Unions,
	Untold
} from './types.ts';

true satisfies Same<Omit<Plain, 'days'>[keyof Omit<Plain, 'days'>], string>;
true satisfies Same<Plain['days'], Record<string, number>>;
true satisfies Same<
	Moment,
	{
		at: Date;
		aware: Date;
		naive: Date;
		east: Date;
		maybe: Date | null;
		counted: Date | number;
		said: string;
	}
>;
true satisfies Same<MomentInput, Partial<Moment>>;
true satisfies Same<Nested['deep'], Record<string, [number, Date][]>>;
true satisfies Same<Nested['__proto__'], Date>;
true satisfies Same<Unions['payment'], Card | Cash>;
true satisfies Same<Unions['mixed'], Date | Date[] | Untold | null>;
true satisfies Same<Unions['numbers'], number[] | string[]>;
true satisfies Same<Unions['untold'], { when: string } | Plain>;
true satisfies Same<Gives<typeof app.untold>, { when: string } | Plain>;
true satisfies Same<Tree['children'][0], Tree>;
true satisfies Same<Open[string], Date | string>;
true satisfies Same<[Numbered, NumberedInput], [{ at: number }, { at?: Date }]>;

true satisfies Same<Gives<typeof app.pages>, Page<Moment>>;
true satisfies Same<Gives<typeof app.pages_of_dates>, Page<Date>>;
true satisfies Same<Gives<typeof app.pages_of_text>, Page<string>>;
true satisfies Same<Box<Date>, { holds: Date; or_text: string }>;
true satisfies Same<Gives<typeof app.send_numbered>, Holidays>;
true satisfies Same<Holidays, Date[]>;
true satisfies Same<Gives<typeof app.dates>, Record<string, Date>>;
true satisfies Same<Gives<typeof app.none>, Date | null>;
true satisfies Same<Gives<typeof app.ticks>, Moment>;
true satisfies Same<Gives<typeof app.rows>, Moment | null>;
true satisfies Same<Takes<typeof app.since>, [at: Date, until: Date]>;
app.since_url(new Date(), new Date(), { wall: '2026-11-21T04:30:00', all: [new Date()] });
app.ask({ at: new Date() }) satisfies Promise<Page<Moment>>;
app.ask({ at: new Date(), stream: true }) satisfies EventStream<ServerEvent<'message', Moment>>;
app.happenings({
	on: {
		moment: ({ value }) => value.at.getTime(),
		when: ({ value }) => value.getTime(),
		text: ({ value }) => value satisfies string
	}
});

true satisfies Same<DatesAsText<Late>, { detail: string; since: string }>;
true satisfies Same<
	DatesAsText<{ a?: Date | null; b: [Date, ...Date[]]; c: Record<string, Tree>; d: unknown }>,
	{
		a?: string | null;
		b: [string, ...string[]];
		c: Record<string, DatesAsText<Tree>>;
		d: unknown;
	}
>;
export function told(error: unknown): void {
	if (isError(app.late, error) && error.status === 409) error.body.since satisfies string;
}
