"""Dicts that are put together of others: what they hold, and their type."""

from collections.abc import Iterable
from itertools import product
from typing import Any

from ...api import Field, Model, Object, Type, Union
from ..catalog import TypeCatalog
from ..conversion import union_of
from . import annotations
from .members import join, members_of
from .objects import value_of_item
from .values import Dictionary, Dumped, Instance, Known, Merged, Value

_MANY = 16


def is_dict(value: Value) -> bool:
    """Whether it is a dict whose keys a type can tell."""
    match value:
        case Dictionary() | Merged():
            return True
        case Dumped(Instance() | Known() | Dictionary() | Merged()):
            return True
        case Instance(annotation):
            cls = annotations.class_of(annotation)
            return cls is not None and annotations.is_typed_dict(cls)
        case _:
            return False


def merged(parts: Iterable[Value]) -> Value | None:
    """One dict of several, the later going before; nothing where one is none."""
    ways = list(product(*(map(_plain, members_of(part)) for part in parts)))
    if len(ways) > _MANY or not all(is_dict(part) for way in ways for part in way):
        return None
    return join(map(_merged, ways))


def _plain(part: Value) -> Value:
    """A dict of the app, as one that is written out."""
    match part:
        case Known(dict() as thing) if all(isinstance(key, str) for key in thing):
            return Dictionary(tuple((key, value_of_item(held)) for key, held in thing.items()))
        case _:
            return part


def _merged(parts: Iterable[Value]) -> Value:
    found: list[Value] = []
    for part in parts:
        for each in part.parts if isinstance(part, Merged) else (part,):
            match found, each:
                case [*_, Dictionary(before)], Dictionary(entries):
                    found[-1] = Dictionary(tuple((dict(before) | dict(entries)).items()))
                case _:
                    found.append(each)
    filled = [part for part in found if part != Dictionary(())] or [Dictionary(())]
    return filled[0] if len(filled) == 1 else Merged(tuple(filled))


def fields_of(value: Value) -> dict[str, Value] | None:
    """What a dict holds under each of its keys."""
    match value:
        case Dictionary(entries):
            return dict(entries)
        case Merged(parts):
            found = [fields_of(part) for part in parts]
            return (
                None if None in found else {k: v for each in found if each for k, v in each.items()}
            )
        case Dumped(Dictionary() | Merged() as content):
            return fields_of(content)
        case Dumped(Instance(annotation)) | Instance(annotation):
            return _hinted(annotation)
        case _:
            return None


def _hinted(annotation: Any) -> dict[str, Value] | None:
    cls = annotations.class_of(annotation)
    if cls is None or not any(hasattr(cls, name) for name in _RECORDS):
        return None
    names = getattr(cls, "model_fields", None) or annotations.hints_of(cls)
    hints = annotations.hints_of(cls)
    return {name: Instance(hints[name]) for name in names if name in hints}


_RECORDS = ("model_fields", "__dataclass_fields__", "__total__")


def object_of(parts: Iterable[Type], *, types: TypeCatalog) -> Type | None:
    """The type of a dict of what several have; nothing where one is no object of known keys."""
    found = [_objects(part, types) for part in parts]
    ways = list(product(*(each for each in found if each)))
    if None in found or len(ways) > _MANY:
        return None
    return union_of(_one(way) for way in ways)


def _objects(described: Type, types: TypeCatalog) -> list[Object] | None:
    match described:
        case Object():
            return [described]
        case Union(members):
            found = [_objects(member, types) for member in members]
            return None if None in found else [o for each in found if each for o in each]
        case _:
            model = types.definition(described)
            return [Object(model.fields, model.extra)] if isinstance(model, Model) else None


def _one(objects: Iterable[Object]) -> Object:
    fields: dict[str, Field] = {}
    extra: Type | None = None
    for each in objects:
        extra = each.extra or extra
        for field in each.fields:
            before = fields.get(field.name)
            is_sure = field.required or before is None
            fields[field.name] = field if is_sure or before is None else _either(before, field)
    return Object(tuple(fields.values()), extra)


def _either(before: Field, field: Field) -> Field:
    """Of a key that the later dict may not have."""
    return Field(field.name, union_of([before.type, field.type]), before.required)
