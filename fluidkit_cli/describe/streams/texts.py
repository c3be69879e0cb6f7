"""Strings put together from literal pieces and values."""

import enum
import itertools
import math
from typing import get_args

from .members import join
from .values import (
    Constant,
    Dumped,
    Encoded,
    Instance,
    Items,
    Json,
    Known,
    OneOf,
    Sequence,
    Text,
    Unclear,
    Value,
)

Parts = tuple[str | Value, ...]


def parts_of(value: Value) -> Parts | None:  # noqa: PLR0911 - a case for each kind
    """The pieces of a string, or of its bytes; nothing if it is no string."""
    match value:
        case Constant(str(text)):
            return (text,)
        case Constant(bytes(data)):
            return (data.decode("utf-8", errors="replace"),)
        case Text(parts):
            return parts
        case Encoded(text):
            return parts_of(text)
        case Known(enum.Enum() as member) if isinstance(member, str):
            return (member.value,)
        case Json() | Unclear():
            return (value,)
        case Instance(annotation) if annotation in (str, bytes):
            return (value,)
        case Instance(annotation) if set(get_args(annotation)) == {str, type(None)}:
            return (Instance(str),)  # None cannot be sent, so it is looked for before
        case OneOf(members) if all(parts_of(member) is not None for member in members):
            return (value,)
        case _:
            return None


def is_text(value: Value) -> bool:
    """Whether it is a string or bytes for certain."""
    return not isinstance(value, Unclear) and parts_of(value) is not None


def is_str(value: Value) -> bool:
    """Whether `str(value)` is the value itself. Of bytes and enumerations it is another text."""
    is_bytes = isinstance(value, Constant) and isinstance(value.value, bytes)
    is_other = is_bytes or isinstance(value, Encoded | Known)
    is_other |= isinstance(value, Instance) and value.annotation is not str
    return not is_other and parts_of(value) is not None


def concatenated(left: Value, right: Value) -> Value | None:
    """`left + right`, if they are strings."""
    first, second = parts_of(left), parts_of(right)
    if first is None or second is None:
        return None
    if isinstance(left, Unclear) and isinstance(right, Unclear):
        return left
    return text_of((*first, *second))


def text_of(parts: Parts) -> Value:
    """A string of pieces; the simplest value that says the same.

    A piece that may be one literal or another, as the name of an event or nothing, makes one
    string of each.
    """
    ways = [_ways(part) for part in parts]
    if 1 < math.prod(map(len, ways)) <= _MANY:
        return join(_text_of(way) for way in itertools.product(*ways))
    return _text_of(parts)


_MANY = 16


def _ways(part: str | Value) -> tuple[str | Value, ...]:
    if not isinstance(part, OneOf):
        return (part,)
    is_built = any(isinstance(member, Text | Constant) for member in part.members)
    return part.members if is_built else (part,)


def _text_of(parts: Parts) -> Value:
    parts = tuple(piece for part in parts for piece in _pieces(part))
    merged: list[str | Value] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    match merged:
        case []:
            return Constant("")
        case [str(text)]:
            return Constant(text)
        case [Json() as whole]:
            return whole
        case _:
            return Text(tuple(merged))


def _pieces(part: str | Value) -> Parts:
    return (parts_of(part) or (part,)) if isinstance(part, Constant | Text) else (part,)


def filled(text: Value, values: tuple[Value, ...], *, mark: str) -> Value:
    """A literal text, each `mark` in it replaced by a value: `%` and `format` at their simplest."""
    match text:
        case Constant(str(literal)):
            first, *others = literal.split(mark)
        case _:
            return Instance(str)
    if len(others) != len(values) or any(
        set(piece) & {"%", "{", "}"} for piece in (first, *others)
    ):
        return Instance(str)
    shown = (formatted(value, is_plain=True) for value in values)
    pairs = zip(shown, others, strict=True)
    return text_of((first, *(part for value, after in pairs for part in (*value, after))))


def formatted(value: Value, *, is_plain: bool) -> Parts:
    """What a value becomes in an f-string; `is_plain` without conversion or format."""
    if not is_plain:
        return (Instance(str),)
    match value:
        case Constant(int() | float() | None as exact):
            return (str(exact),)
        case Known(enum.Enum() as member):
            return (format(member),)
        case Dumped() | Sequence() | Items():
            return (Instance(str),)
        case _:
            return (parts_of(value) if is_str(value) else None) or (Instance(str),)
