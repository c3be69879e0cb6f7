"""Replaces the names in references, through any part of the `Api`."""

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

from ..api import Reference

T = TypeVar("T")


def renamed(value: T, names: Mapping[str, str]) -> T:
    """`value` with each reference's name looked up in `names`."""
    return _renamed(value, names)  # type: ignore[no-any-return]


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Reference):
        return Reference(names[value.name])
    if isinstance(value, tuple):
        return tuple(_renamed(item, names) for item in value)
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    return type(value)(*(_renamed(part, names) for part in _parts(value)))


def referenced(value: object) -> dict[str, None]:
    """The names of all references in `value`, in order."""
    if isinstance(value, Reference):
        return {value.name: None}
    if isinstance(value, tuple):
        parts = value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = _parts(value)
    else:
        return {}
    return {name: None for part in parts for name in referenced(part)}


def _parts(value: Any) -> tuple[Any, ...]:
    # `__match_args__` are a dataclass's fields in order, ten times as fast as `fields()`.
    return tuple(getattr(value, name) for name in value.__match_args__)
