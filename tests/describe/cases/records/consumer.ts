import * as app from './app.api.ts';
import type { Gives, Same, Takes } from './same.ts';
import type { Cat, Dog, Folder, FolderInput, Open } from './types.ts';

true satisfies Same<
	Gives<typeof app.records>,
	[
		{ key: number; note?: string },
		{ key: number; note?: string },
		[number, string],
		{ width: number; heights: number[] },
		{ shown: number },
		Open,
		{ [key: string]: number }
	]
>;
true satisfies Same<Open['name'], string>;
true satisfies Same<Open['length'], number | null>;
true satisfies Same<Open['more'], string | number | null>;
true satisfies Same<Takes<typeof app.partial>[0], { key: number; note?: string }>;
true satisfies Same<Takes<typeof app.size>[0], { width: number; heights?: number[] }>;
true satisfies Same<Takes<typeof app.hidden>[0], { shown?: number; hidden?: number }>;
true satisfies Same<Gives<typeof app.hidden>, { shown: number }>;
true satisfies Same<Takes<typeof app.pet>[0], { kind: 'cat' } | { kind: 'dog'; loud?: boolean }>;
true satisfies Same<Gives<typeof app.pet>, Cat | Dog>;
true satisfies Same<Gives<typeof app.animals>, (Cat | Dog)[]>;
true satisfies Same<Takes<typeof app.folder>[0]['parent'], FolderInput | null | undefined>;
true satisfies Same<Gives<typeof app.folder>['folders'], Folder[]>;
