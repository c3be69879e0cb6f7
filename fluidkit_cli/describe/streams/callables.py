"""What functions and methods of the running app are, before any of their code is read."""

import inspect
import sys
from types import FunctionType
from typing import Any

from ..sources import SourceFiles, unwrapped
from . import annotations
from .values import Arguments, Instance, Known, Super, Value


def function_of(thing: Any, sources: SourceFiles) -> Any:
    """The function whose source tells: a wrapper of the app's own may change the result."""
    inner = thing
    while isinstance(inner, FunctionType) and hasattr(inner, "__wrapped__"):
        if sources.is_own(inner.__code__.co_filename):
            return inner
        inner = inner.__wrapped__
    return unwrapped(inner)


def receiver_of(thing: Any) -> Value | None:
    """What `self` is when `thing` is called."""
    if inspect.ismethod(thing):
        return Known(thing.__self__)
    is_object = not inspect.isroutine(thing) and not hasattr(thing, "__wrapped__")
    return Known(thing) if is_object else None


def class_itself(receiver: Value) -> type[Any] | None:
    """The class that a value is, or stands for as `super()` does."""
    match receiver:
        case Known(type() as cls):
            return cls
        case Super(above):
            return above
        case _:
            return None


def classes(receiver: Value) -> list[Any]:
    """The classes that a value's methods may come from; None for one that has none."""
    match receiver:
        case Known(thing):
            return [thing if inspect.isclass(thing) else type(thing)]
        case Super(above):
            return [above]
        case Instance(annotation):
            members = annotations.alternatives(annotations.plain(annotation))
            return [annotations.class_of(m) for m in members if m is not type(None)]
        case _:
            return []


def method_of(cls: Any, name: str) -> tuple[FunctionType, bool] | None:
    """A method's function, and whether it takes no receiver."""
    found = inspect.getattr_static(cls, name, None) if cls is not None else None
    is_static = isinstance(found, staticmethod)
    if isinstance(found, staticmethod | classmethod):
        found = found.__func__
    function = unwrapped(found) if found is not None else None
    return (function, is_static) if isinstance(function, FunctionType) else None


def instance(declared: Any, receiver: Value | None) -> Instance:
    """A value of the type that a function, or a method of `receiver`, says it returns."""
    awaited = annotations.awaited(declared)
    match receiver:
        case Instance(annotation):
            awaited = annotations.substituted(awaited, annotation)
        case Known(thing):  # `Channel[Item]()` remembers what it was made for
            awaited = annotations.substituted(awaited, getattr(thing, "__orig_class__", None))
    return Instance(awaited)


def merged(given: Arguments, arguments: Arguments) -> Arguments:
    """The arguments of a partial, and those of its call."""
    return Arguments(
        (*given.positional, *arguments.positional),
        tuple((dict(given.named) | dict(arguments.named)).items()),
        given.is_complete and arguments.is_complete,
    )


_LIBRARIES = {"anyio", "fastapi", "pydantic", "sqlalchemy", "sqlmodel", "starlette"}


def is_library(function: FunctionType) -> bool:
    """Code too deep to be worth reading; its annotations are as good."""
    package = (function.__module__ or "").partition(".")[0]
    return package in _LIBRARIES or package in sys.stdlib_module_names
