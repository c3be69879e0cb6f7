"""What is known of objects that the imported app already holds, and of parts of values."""

import enum
import functools
import inspect
from collections import abc
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, get_args, get_origin

from . import annotations
from .members import join
from .values import (
    Constant,
    Dictionary,
    Instance,
    Items,
    Json,
    Known,
    Merged,
    Sequence,
    Text,
    Unclear,
    Value,
)

CONTAINERS = (list, tuple, set, frozenset, dict, MappingProxyType)

# Beyond it, objects stand for their types: a table of a thousand rows is no thousand values.
_MANY = 30


def value_of_object(thing: Any) -> Value:
    """An object that is there when the app is imported and does not change."""
    if thing is None or type(thing) in (str, bytes, int, float, bool):
        return Constant(thing)
    return Known(thing)


def value_of_item(thing: Any) -> Value:
    """An object in a container, where only its type tells what else may come to lie there."""
    is_itself = inspect.isroutine(thing) or inspect.isclass(thing) or inspect.ismodule(thing)
    if is_itself or isinstance(thing, enum.Enum | functools.partial):
        return Known(thing)
    if thing is None or type(thing) in (str, bytes, int, float, bool):
        return Constant(thing)
    return Known(thing) if isinstance(thing, CONTAINERS) else Instance(type(thing))


def items_of_object(thing: Any) -> Value | None:
    """What iterating over an object of the app gives."""
    if inspect.isclass(thing) and issubclass(thing, enum.Enum):
        return join(Known(member) for member in thing)
    if isinstance(thing, range):
        return Instance(int)
    if not isinstance(thing, CONTAINERS) or not thing:
        return None
    return _joined(list(thing))


def values_of_object(thing: Any) -> Value | None:
    """The values of a dict of the app."""
    if not isinstance(thing, dict | MappingProxyType) or not thing:
        return None
    return _joined(list(thing.values()))


def _joined(things: list[Any]) -> Value | None:
    if len(things) <= _MANY:
        return join(value_of_item(thing) for thing in things)
    types = dict.fromkeys(type(thing) for thing in things)
    return join(Instance(cls) for cls in types) if len(types) <= _MANY else None


def item_at(value: Value, key: Value) -> Value | None:  # noqa: PLR0911 - a case for each kind
    """`value[key]`."""
    match value, key:
        case Dictionary(), Constant(str(name)):
            return value.get(name)
        case Merged((*_, Dictionary() as last)), Constant(str(name)):
            return last.get(name)
        case Sequence(items), Constant(int(index)) if -len(items) <= index < len(items):
            return items[index]
        case ((Sequence() | Items()), _):
            return join(value.items) if isinstance(value, Sequence) else value.item
        case Known(thing), Constant(name) if isinstance(thing, CONTAINERS):
            return _object_at(thing, name)
        case Known(thing), _:
            return values_of_object(thing) or items_of_object(thing)
        case Instance(annotation), _:
            return _annotated_at(annotation, key)
        case _:
            return None


def sliced(value: Value, *, items: Callable[[Value], Value | None]) -> Value | None:
    """`value[1:]`, of a list or a tuple; of text it is any text."""
    match value:
        case Unclear():
            return value
        case Constant(str()) | Text() | Json():
            return Instance(str)
        case Instance(annotation) if annotations.class_of(annotation) is not list:
            return value if annotation is str else None
        case _:
            item = items(value)
            return None if item is None else Items(item)


def _object_at(thing: Any, key: Any) -> Value | None:
    try:
        return value_of_item(thing[key])
    except (LookupError, TypeError):
        return None


def _annotated_at(annotation: Any, key: Value) -> Value | None:
    annotation = annotations.plain(annotation)
    arguments = get_args(annotation)
    match get_origin(annotation), key:
        case origin, _ if isinstance(origin, type) and issubclass(origin, abc.Mapping):
            return Instance(arguments[1]) if len(arguments) > 1 else None
        case origin, Constant(int(index)) if origin is tuple and Ellipsis not in arguments:
            return Instance(arguments[index]) if index < len(arguments) else None
        case None, Constant(str(name)):
            hint = annotations.hints_of(annotation).get(name)
            is_typed = isinstance(annotation, type) and issubclass(annotation, dict)
            return Instance(hint) if hint is not None and is_typed else None
        case origin, _ if isinstance(origin, type) and issubclass(origin, abc.Sequence):
            item = annotations.item_of(annotation)
            return None if item is None else Instance(item)
        case _:
            return None


def attribute_of(value: Value, name: str) -> Value | None:
    """`value.name`, if it is data that can be told; nothing where it may be a method."""
    match value:
        case Known(thing) if inspect.isclass(thing):
            return _class_attribute(thing, name)
        case Known(enum.Enum() as member) if name in ("value", "name"):
            return value_of_object(getattr(member, name))
        case Known(thing) if not inspect.isroutine(thing):
            hint = annotations.attribute_of(type(thing), name)
            return None if hint is None else Instance(hint)
        case Instance(annotation):
            hints = [
                annotations.attribute_of(member, name)
                for member in annotations.alternatives(annotations.plain(annotation))
                if member is not type(None)
            ]
            return None if None in hints else join(Instance(hint) for hint in hints)
        case _:
            return None


def _class_attribute(cls: type[Any], name: str) -> Value | None:
    found = inspect.getattr_static(cls, name, None)
    if issubclass(cls, enum.Enum) and name in cls.__members__:
        return Known(cls.__members__[name])
    if found is None or isinstance(found, staticmethod | classmethod | property):
        return None
    is_exact = type(found) in (str, bytes, int, float, bool) or isinstance(found, CONTAINERS)
    return value_of_object(found) if is_exact else None
