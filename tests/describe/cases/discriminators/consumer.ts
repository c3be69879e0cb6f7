import * as app from './app.api.ts';
import type { Gives, Same, Takes } from './same.ts';
import type { CatInput, Dog, Home } from './types.ts';

true satisfies Same<Takes<typeof app.pet>, [body: CatInput | Dog]>;
true satisfies Same<Gives<typeof app.home>, Home>;

export function lives(home: Home): number {
	// @ts-expect-error a dog has none
	home.pet.lives;
	return home.pet.kind === 'cat' ? home.pet.lives : home.pet.name.length;
}
app.pet({ kind: 'cat' });
// @ts-expect-error pydantic refuses a union without what tells it apart
app.pet({ lives: 9 });
