"""The booleans by which a caller may choose what a route answers."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from .parameters import model_of
from .sources import SourceFiles, unwrapped


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean of the query, or of the body.

    `parameter` is Python's name for what the function takes: the flag itself, or the `model` whose
    `attribute` it is. `values` are what it may be, its default last where it has one.
    """

    wire_name: str
    in_body: bool
    parameter: str
    values: tuple[bool | None, ...]
    default: bool
    model: Any = None
    attribute: str = ""


def flags_of(route: Any, sources: SourceFiles) -> Iterator[Flag]:
    """Those that the function itself takes, in order; none that a validator may turn round."""
    for field in route.dependant.query_params:
        yield from _flags(field, in_body=False, sources=sources)
    is_alone = not getattr(route, "_embed_body_fields", False)
    for field in route.dependant.body_params:
        is_model = isinstance(field.field_info.annotation, type) and issubclass(
            field.field_info.annotation, BaseModel
        )
        # A body that may miss has no key to look at; a key of a key is none of the body.
        if is_model == is_alone and (not is_alone or field.field_info.is_required()):
            yield from _flags(field, in_body=True, sources=sources)


def _flags(field: Any, *, in_body: bool, sources: SourceFiles) -> Iterator[Flag]:
    model = model_of(field)
    if model is None:
        yield from _flag(field.name, field.field_info, field.name, field.alias, in_body=in_body)
        return
    for name, info in model.model_fields.items():
        for flag in _flag(field.name, info, name, name, in_body=in_body, model=model):
            if not _is_changed(model, name, sources):
                yield flag


def _flag(  # noqa: PLR0913 - parameters and fields of models name themselves differently
    parameter: str, info: Any, name: str, alias: str, *, in_body: bool, model: Any = None
) -> Iterator[Flag]:
    may_be_none = set(get_args(info.annotation)) == {bool, type(None)}
    if info.annotation is not bool and not may_be_none:
        return
    wire_name = info.validation_alias or info.alias or alias
    default = info.get_default(call_default_factory=False)
    is_plain = default is None or default is PydanticUndefined or isinstance(default, bool)
    if not isinstance(wire_name, str) or not is_plain or info.default_factory is not None:
        return
    values = (True, False, None) if may_be_none else (True, False)
    attribute = "" if model is None else name
    is_on = default is True
    yield Flag(wire_name, in_body, parameter, values, is_on, model, attribute)


def _is_changed(model: type[BaseModel], name: str, sources: SourceFiles) -> bool:
    """Whether a validator, or another method of the model, may make another value of it."""
    decorators = model.__pydantic_decorators__
    fields = (found.info.fields for found in decorators.field_validators.values())
    if any(name in names or "*" in names for names in fields):
        return True
    functions = [unwrapped(found.func) for found in decorators.model_validators.values()]
    functions += [
        method for method in _methods(model) if sources.is_own(method.__code__.co_filename)
    ]
    nodes = [sources.function(f.__code__) if hasattr(f, "__code__") else None for f in functions]
    return any(node is None or _sets(node, name) for node in nodes)


def _methods(model: type[BaseModel]) -> Iterator[FunctionType]:
    for cls in model.__mro__:
        # since Python 3.14 one of them makes the annotations
        functions = (found for found in vars(cls).values() if isinstance(found, FunctionType))
        yield from (found for found in functions if found.__name__ != "__annotate__")


def _sets(function: ast.AST, name: str) -> bool:
    """`x.name = ...`, `x["name"] = ...`, `x.setdefault("name", ...)`; not its mere reading."""
    for node in ast.walk(function):
        match node:
            case ast.Attribute(attr=attribute, ctx=ast.Store()) if attribute == name:
                return True
            case ast.Subscript(slice=ast.Constant(key), ctx=ast.Store()) if key == name:
                return True
            case ast.Call(ast.Attribute(_, "setdefault" | "pop"), [ast.Constant(key), *_]):
                if key == name:
                    return True
            case ast.Call(ast.Name("setattr")) | ast.Call(ast.Attribute(_, "update")):
                return True
            case ast.Dict(keys) if any(
                isinstance(key, ast.Constant) and key.value == name for key in keys
            ):
                return True
    return False
