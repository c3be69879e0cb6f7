"""Finds and replaces the names in references, in any part of the `Api`."""

import typing
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from operator import is_
from typing import Any, TypeVar

from ..api import Literal, Reference, Scalar, TypeVariable, Unknown

T = TypeVar("T")

# Nothing within them is a reference; most values are one of these, and there are many.
_LEAVES = frozenset({Literal, Scalar, TypeVariable, Unknown, type(None)})


def renamed(value: T, names: Mapping[str, str]) -> T:
    """`value` with each reference's name looked up in `names`."""
    return _renamed(value, names)  # type: ignore[no-any-return]


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    kind: Any = type(value)
    if kind in _LEAVES:
        return value
    if kind is Reference:
        return Reference(names[value.name], _renamed(value.arguments, names))
    parts = value if kind is tuple else _parts(value)
    new = [part if type(part) in _LEAVES else _renamed(part, names) for part in parts]
    if all(map(is_, new, parts)):
        return value  # most values are without references, and making them anew takes time
    if kind is tuple:
        return tuple(new)
    return replace(value, **dict(zip(_holders(kind), new, strict=True)))


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
    kind: Any = type(value)
    return [getattr(value, name) for name in _holders(kind)]


@cache
def _holders(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass that may hold references."""
    return tuple(name for name, hint in typing.get_type_hints(kind).items() if not _is_plain(hint))


def _is_plain(hint: Any) -> bool:
    """Whether it is of texts, numbers and the like alone."""
    if hint in (str, int, bool, type(None), ...) or typing.get_origin(hint) is typing.Literal:
        return True
    arguments = typing.get_args(hint)
    return bool(arguments) and all(map(_is_plain, arguments))
