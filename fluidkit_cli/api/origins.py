"""Names for a type by where it stands in Python, from its own to ever longer ones."""

import re
from collections.abc import Iterator

# Parts of a module's name that say nothing about its models.
_COMMON_PARTS = {"models", "schemas", "types", "<locals>"}


def qualified_names(origin: str) -> Iterator[str]:
    """`Item`, then `ShopItem` and `RoutesShopItem` for `routes.shop.models:Item`."""
    module, _, qualified_name = origin.partition(":")
    path, _, arguments = qualified_name.partition("[")
    *outer, own = path.split(".")
    name = own + "".join(_pascal(part) for part in re.findall(r"[\w.]+", arguments))
    yield name
    for part in reversed([*module.split("."), *outer]):
        if part not in _COMMON_PARTS:
            name = _pascal(part) + name
            yield name


def _pascal(text: str) -> str:
    words = re.split(r"\W+|_", text.rpartition(".")[2])
    return "".join(word[:1].upper() + word[1:] for word in words)
