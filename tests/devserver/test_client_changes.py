"""What is said to be new in the clients."""

import pytest

from fluidkit_cli.devserver.client_changes import file_change

ITEMS = """
/**
 * List all items.
 */
export function list_items(options?: RequestOptions): Promise<Item[]> {
	return json('GET', '/api/items', {}, options);
}

/** The address of `GET /api/items`. */
export function list_items_url(options?: UrlOptions): string {
	return url('/api/items', {}, options);
}

export type CreateItemError = ApiError<Problem, 409>;

export function create_item(item: NewItem, options?: RequestOptions): Promise<Item> {
	return json('POST', '/api/items', { body: item }, options);
}
create_item.errors = errors<CreateItemError>('POST /api/items', 409);
"""

COUNT = "\nexport function count(): Promise<number> {\n\treturn json('GET', '/api/n');\n}\n"

TYPES = """
// From backend.routes.chat

export interface Token {
	text: string;
}

export type Color = 'red' | 'blue';
"""


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (ITEMS, ITEMS + COUNT, "+1 function"),
        (ITEMS + COUNT, ITEMS, "-1 function"),
        ("", ITEMS, "+2 functions"),
        (ITEMS, COUNT, "+1 -2 functions"),
        (ITEMS, ITEMS.replace("all items", "every item"), "1 function changed"),
        (ITEMS, ITEMS.replace("409);\n", "409, 410);\n"), "1 function changed"),
        (ITEMS, ITEMS.replace("List all", "Every") + COUNT, "+1 function, 1 changed"),
        (ITEMS, ITEMS.replace("list_items", "all_items"), "+1 -1 function"),
        (ITEMS, ITEMS.replace("url('/api/items'", "url('/api/all'"), "1 function changed"),
        (ITEMS, ITEMS.replace("Problem, 409>", "Odd, 409>"), "1 type changed"),
        (ITEMS, "\n" + ITEMS, ""),
        (ITEMS, "", "removed"),
        (TYPES, TYPES + "\n// From b\n\nexport interface Usage {}\n", "+1 type"),
        (TYPES, TYPES.replace("text: string", "text: number"), "1 type changed"),
        (TYPES, TYPES.replace("blue", "green").replace("text", "word"), "2 types changed"),
    ],
)
def test_functions_and_types_that_came_went_or_changed_are_counted(
    before: str, after: str, what: str
) -> None:
    assert file_change("items.api.ts", before=before, after=after).what == what
