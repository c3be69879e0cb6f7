"""Strings put together from literal pieces and values."""

import enum

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
    is_other = is_bytes or isinstance(value, Encoded | Known) or value == Instance(bytes)
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
    """A string of pieces; the simplest value that says the same."""
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
