"""What a generated method says of itself: the route's docstring, its address, what may go wrong."""

from collections.abc import Sequence

from ...api import Route
from .arguments import Argument
from .errors import statuses
from .text import paragraph, phrase


def method_document(route: Route, arguments: Sequence[Argument], *, error: str) -> list[str]:
    """The lines of the docstring. `error` is the name of what it may raise."""
    address = f"`{phrase(f'{route.method} {route.path}')}`"
    description = paragraph(route.description)
    lines = [*description, "", address] if description else [address]
    if route.deprecated:
        lines += ["", "Deprecated."]
    described = [(each.name, phrase(each.description)) for each in arguments]
    told = [f"    {name}: {text}" for name, text in described if text]
    if told:
        lines += ["", "Args:", *told]
    if route.errors:
        lines += ["", "Raises:", f"    {error}: {', '.join(map(str, statuses(route.errors)))}."]
    return lines
