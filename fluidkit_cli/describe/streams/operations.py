"""What operators make of values."""

import ast

from .texts import concatenated
from .values import Constant, Instance, Unclear, Value


def computed(operator: ast.operator, left: Value, right: Value) -> Value | None:
    if isinstance(operator, ast.Add):
        found = concatenated(left, right)
        if found is not None:
            return found
    if isinstance(operator, ast.Mod) and concatenated(left, Constant("")) is not None:
        return None if isinstance(left, Unclear) else Instance(str)
    kinds = {
        value.annotation for value in map(widened, (left, right)) if isinstance(value, Instance)
    }
    if not kinds <= {int, float, bool} or not isinstance(widened(left), Instance):
        return None
    if not isinstance(widened(right), Instance):
        return None
    return (
        Instance(float)
        if float in kinds or isinstance(operator, ast.Div | ast.Pow)
        else Instance(int)
    )


def widened(value: Value) -> Value | None:
    match value:
        case Constant(bool() | int() | float() | str() as exact):
            return Instance(type(exact))
        case Instance(annotation) if annotation in (int, float, bool, str):
            return value
        case _:
            return None


def is_false(value: Value) -> bool:
    """Whether it is false for certain."""
    return isinstance(value, Constant) and not value.value
