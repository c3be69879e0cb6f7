"""What a generated method says of itself: the route's docstring, its address, what may go wrong."""

from collections.abc import Iterable, Sequence

from ...api import DeclaredError, Route
from .arguments import Argument
from .text import paragraph, phrase


def document(route: Route, arguments: Sequence[Argument]) -> list[str]:
    """The lines of the docstring."""
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
        lines += ["", "Raises:", f"    ApiError: {', '.join(_statuses(route.errors))}."]
    return lines


def _statuses(errors: Iterable[DeclaredError]) -> list[str]:
    return list(dict.fromkeys(str(error.status) for error in errors))
