import * as app from './app.api.ts';
import type { Gives, Same, Takes } from './same.ts';
import type * as types from './types.ts';

true satisfies Same<Gives<typeof app.page>, types.Page<types.Item>>;
true satisfies Same<types.Page<number>['items'], number[]>;
true satisfies Same<types.Page<number>['after'], number | null>;
true satisfies Same<Gives<typeof app.page_of_lists>['items'], (number[] | null)[]>;
true satisfies Same<Gives<typeof app.page_of_anything>['items'], unknown[]>;
true satisfies Same<Gives<typeof app.bare>, types.Page<unknown>>;
true satisfies Same<Gives<typeof app.page_of_pages>, types.Page<types.Page<types.Item>>>;
true satisfies Same<
	Gives<typeof app.page_of_one_or_other>['items'],
	(types.Answer | types.Refusal)[]
>;
true satisfies Same<Gives<typeof app.tree>['children'], types.Tree<number>[]>;
true satisfies Same<Gives<typeof app.pair>, types.Pair<types.Item, string>>;
true satisfies Same<Gives<typeof app.pair>['more'], types.Page<string> | null>;
true satisfies Same<Gives<typeof app.box>, { [key: string]: types.Page<types.Item> }>;
true satisfies Same<Gives<typeof app.odd_name>['value'], number>;
true satisfies Same<Gives<typeof app.special>['value'], number>;
true satisfies Same<Takes<typeof app.both_ways>, [page: types.PageInput<types.ItemInput>]>;
