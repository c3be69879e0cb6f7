"""Finds and replaces the names in references, in any part of the `Api`."""

from collections.abc import Mapping
from operator import is_
from typing import Any, TypeVar

from ..api import Literal, Reference, Scalar, TypeVariable, Unknown

T = TypeVar("T")

# Nothing within them is a reference; most values are one of these, and there are many.
_LEAVES = frozenset({Literal, Scalar, TypeVariable, Unknown, bool, int, str, type(None)})


def renamed(value: T, names: Mapping[str, str]) -> T:
    """`value` with each reference's name looked up in `names`."""
    return _renamed(value, names)  # type: ignore[no-any-return]


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    kind = type(value)
    if kind in _LEAVES:
        return value
    if kind is Reference:
        return Reference(names[value.name], _renamed(value.arguments, names))
    parts = value if kind is tuple else _parts(value)
    new = [part if type(part) in _LEAVES else _renamed(part, names) for part in parts]
    if all(map(is_, new, parts)):
        return value  # most values are without references, and making them anew takes time
    return tuple(new) if kind is tuple else kind(*new)


def referenced(value: object) -> dict[str, None]:
    """The names of all references in `value`, in order."""
    found: dict[str, None] = {}
    _collect(value, found)
    return found


def _collect(value: Any, found: dict[str, None]) -> None:
    kind = type(value)
    if kind in _LEAVES:
        return
    if kind is Reference:
        found[value.name] = None
        value = value.arguments
        kind = tuple
    for part in value if kind is tuple else _parts(value):
        if type(part) not in _LEAVES:
            _collect(part, found)


def _parts(value: Any) -> list[Any]:
    # `__match_args__` are a dataclass's fields in order, ten times as fast as `fields()`.
    return [getattr(value, name) for name in value.__match_args__]
