"""Turns values into the types that they have on the wire."""

import dataclasses
import datetime
import decimal
import enum
import inspect
import json
import pathlib
import types
import typing
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from ...api import Array, Field, Literal, Object, Scalar, Type, Unknown
from ..catalog import TypeCatalog
from ..conversion import literal_of, union_of
from ..forms import OUTPUT, Form
from ..sources import Place
from . import annotations
from .objects import CONTAINERS, value_of_item
from .values import (
    Constant,
    Dictionary,
    Dumped,
    Encoded,
    Encoder,
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


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be decided, and the smallest change that would help."""

    message: str
    hint: str
    place: Place | None = None


class Wire:
    """Types of values, and the problems met on the way."""

    def __init__(self, types: TypeCatalog) -> None:
        self._types = types
        self.problems: list[Problem] = []

    def report(self, message: str, hint: str, place: Place | None = None) -> Unknown:
        """Notes a problem; what it is about stays unknown."""
        self.problems.append(Problem(message, hint, place))
        return Unknown()

    def type_of(self, value: Value, *, encoder: Encoder = "json", form: Form = OUTPUT) -> Type:  # noqa: PLR0911 - a case for each kind
        """The type of the JSON that `encoder` makes of a value."""

        def inner(part: Value) -> Type:
            return self.type_of(part, encoder=encoder, form=form)

        match value:
            case Unclear(reason, hint, place):
                return self.report(reason, hint, place)
            case Dumped(content, own_encoder, own_form):
                return self.type_of(content, encoder=own_encoder, form=own_form)
            case Dictionary(entries):
                return Object(tuple(Field(name, inner(part)) for name, part in entries))
            case Items(item):
                return Array(inner(item))
            case Sequence(items):
                return Array(union_of(map(inner, items)))
            case OneOf(members):
                return union_of(map(inner, members))
            case _:
                return self._single(value, encoder, form)

    def _single(self, value: Value, encoder: Encoder, form: Form) -> Type:  # noqa: PLR0911 - a case for each kind
        match value:
            case Constant(bool() | str() | None as exact):
                return literal_of(exact)
            case Constant(int()):
                return Scalar("integer")
            case Constant(float()):
                return Scalar("number")
            case Text() | Json() | Encoded():
                return Scalar("string")
            case Instance(annotation):
                return self._annotated(annotation, encoder, form)
            case Known(thing):
                return self._known(thing, encoder, form)
            case _:
                return self.report(_UNTOLD, "Annotate what is sent")

    def _known(self, thing: Any, encoder: Encoder, form: Form) -> Type:
        if isinstance(thing, enum.Enum) and isinstance(thing.value, str | int):
            return Literal(thing.value)
        if isinstance(thing, CONTAINERS):
            return self.type_of(_contents(thing), encoder=encoder, form=form)
        if inspect.isroutine(thing) or inspect.isclass(thing):
            return self.report(_UNTOLD, "Annotate what is sent")
        return self._annotated(type(thing), encoder, form)

    def _annotated(self, annotation: Any, encoder: Encoder, form: Form) -> Type:
        if encoder == "pydantic":
            return self._types.of_annotation(annotation, form=form)
        allowed = _FASTAPI if encoder == "fastapi" else _JSON
        if is_written(annotation, allowed, with_models=encoder == "fastapi"):
            return self._types.of_annotation(annotation, form=form)
        shown = getattr(annotation, "__name__", None) or str(annotation)
        if encoder == "json":
            return self.report(
                f"json.dumps cannot write {shown}",
                "Send model.model_dump_json() or json.dumps(jsonable_encoder(...)) instead",
            )
        return self.report(
            f"it is not clear how {shown} is written as JSON",
            "Send model.model_dump_json() instead",
        )


_UNTOLD = "it is not clear what is sent"

_JSON = (str, int, float, bool, type(None))
_FASTAPI = (*_JSON, datetime.datetime, datetime.date, datetime.time, uuid.UUID, pathlib.PurePath)


def is_written(annotation: Any, allowed: tuple[type[Any], ...], *, with_models: bool) -> bool:  # noqa: PLR0911 - a case for each kind
    """Whether an encoder writes such values as pydantic would, so that its schema is right."""

    def written(parts: Iterable[Any]) -> bool:
        return all(is_written(part, allowed, with_models=with_models) for part in parts)

    annotation = annotations.plain(annotation)
    origin = get_origin(annotation)
    if annotation in (Any, object, Ellipsis) or origin is typing.Literal:
        return True
    if origin in (typing.Union, types.UnionType, list, tuple, dict):
        return written(get_args(annotation))
    cls = annotations.class_of(annotation)
    if cls is None:
        return False
    if annotations.is_typed_dict(cls):
        return written(annotations.hints_of(cls).values())
    if with_models and issubclass(cls, BaseModel):
        return True
    if with_models and dataclasses.is_dataclass(cls) and not hasattr(cls, "__pydantic_fields__"):
        return written(annotations.hints_of(cls).values())
    is_plain = cls in (list, tuple, dict) or issubclass(cls, allowed)
    return is_plain and not issubclass(cls, decimal.Decimal | datetime.timedelta)


def _contents(thing: Any) -> Value:
    if not isinstance(thing, dict | types.MappingProxyType):
        return Sequence(tuple(value_of_item(item) for item in thing))
    if all(isinstance(key, str) for key in thing):
        return Dictionary(tuple((key, value_of_item(item)) for key, item in thing.items()))
    return Instance(dict)


def parsed(text: str) -> Value | None:
    """The value that JSON text holds; nothing if it is no JSON."""
    try:
        return _parsed(json.loads(text))
    except ValueError:
        return None


def _parsed(data: Any) -> Value:
    match data:
        case dict():
            return Dictionary(tuple((key, _parsed(value)) for key, value in data.items()))
        case list():
            return Sequence(tuple(map(_parsed, data)))
        case _:
            return Constant(data)
