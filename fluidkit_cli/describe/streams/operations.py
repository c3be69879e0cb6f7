"""What operators make of values."""

import ast
from itertools import product
from typing import Any

from . import annotations
from .dicts import is_dict, merged
from .members import join, members_of
from .texts import concatenated, filled, is_text
from .values import (
    Constant,
    Function,
    Generator,
    Instance,
    Json,
    OneOf,
    Response,
    Sequence,
    ServerSentEvent,
    Value,
)

# Of two values with many members each, the pairs say no more than that it is unclear.
_MANY = 64


def computed(operator: ast.operator, left: Value, right: Value) -> Value | None:
    """`left + right`, and so on, if it can be told."""
    pairs = list(product(members_of(left), members_of(right)))
    if len(pairs) > _MANY:
        return None
    found = [_computed(operator, *pair) for pair in pairs]
    return None if None in found else join(value for value in found if value)


def _computed(operator: ast.operator, left: Value, right: Value) -> Value | None:
    if isinstance(operator, ast.Add) and (text := concatenated(left, right)) is not None:
        return text
    if isinstance(operator, ast.Mod) and is_text(left):
        values = right.items if isinstance(right, Sequence) else (right,)
        return filled(left, values, mark="%s")
    if isinstance(operator, ast.BitOr) and is_dict(left):
        return merged((left, right))
    kinds = {_number(left), _number(right)}
    if None in kinds:
        return None
    is_fraction = float in kinds or isinstance(operator, ast.Div | ast.Pow)
    return Instance(float if is_fraction else int)


def _number(value: Value) -> type[int | float] | None:
    match widened(value):
        case Instance(annotation) if annotation in (int, bool):
            return int
        case Instance(annotation) if annotation is float:
            return float
        case _:
            return None


def widened(value: Value) -> Value | None:
    """Any value of the type: a number or text that is added to does not stay what it was."""
    match value:
        case Constant(bool() | int() | float() | str() as exact):
            return Instance(type(exact))
        case Instance(annotation) if annotation in (int, float, bool, str):
            return value
        case OneOf(members):
            found = [widened(member) for member in members]
            return None if None in found else join(each for each in found if each)
        case _:
            return None


def negated(value: Value) -> Value | None:
    """A number with its sign changed: a number of the same kind, and of a boolean an integer."""
    kind = _number(value)
    return None if kind is None else Instance(kind)


def without_none(value: Value) -> Value:
    """What `value or ...` lets through of an optional value."""
    if not isinstance(value, Instance):
        return value
    members = annotations.alternatives(annotations.plain(value.annotation))
    if type(None) not in members:
        return value
    return join(Instance(member) for member in members if member is not type(None))


def false_of(value: Value) -> Value | None:
    """What `value and ...` lets through: what may be false, if anything."""
    match value:
        case Constant(exact):
            return None if exact else value
        case Instance(annotation):
            members = annotations.alternatives(annotations.plain(annotation))
            left = [Instance(member) for member in members if _may_be_false(member)]
            return join(left) if left else None
        case Generator() | Response() | ServerSentEvent() | Function() | Json():
            return None
        case _:
            return value


def _may_be_false(annotation: Any) -> bool:
    cls = annotations.class_of(annotation)
    return cls is None or any(hasattr(cls, name) for name in ("__bool__", "__len__"))


def is_false(value: Value) -> bool:
    """Whether it is false for certain."""
    return isinstance(value, Constant) and not value.value
