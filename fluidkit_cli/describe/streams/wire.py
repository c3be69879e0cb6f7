"""Turns values into the types that they have on the wire."""

import enum
import inspect
import json
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ...api import Array, Field, Literal, Object, Scalar, Type, Unknown
from ..catalog import TypeCatalog
from ..conversion import literal_of, union_of
from ..forms import OUTPUT, Form
from ..sources import Place
from . import annotations
from .dicts import object_of
from .encoders import left_to, writes
from .objects import CONTAINERS, value_of_item
from .values import (
    Constant,
    Described,
    Dictionary,
    Dumped,
    Encoded,
    Encoder,
    Instance,
    Items,
    Json,
    Known,
    Merged,
    Method,
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
        self._place: Place | None = None

    @contextmanager
    def at(self, place: Place | None) -> Iterator[None]:
        """Where problems are that have no place of their own."""
        before, self._place = self._place, place
        yield
        self._place = before

    def report(self, message: str, hint: str, place: Place | None = None) -> Unknown:
        """Notes a problem; what it is about stays unknown."""
        self.problems.append(Problem(message, hint, place or self._place))
        return Unknown()

    def type_of(self, value: Value, *, encoder: Encoder = "json", form: Form = OUTPUT) -> Type:  # noqa: PLR0911 - a case for each kind
        """The type of the JSON that `encoder` makes of a value."""

        def inner(part: Value) -> Type:
            return self.type_of(part, encoder=encoder, form=form)

        match value:
            case Unclear(reason, hint, place):
                return self.report(reason, hint, place)
            case Dumped(content, "python", own_form):
                return self._python_data(content, encoder, own_form)
            case Dumped(content, own_encoder, own_form):
                return self.type_of(content, encoder=own_encoder, form=own_form)
            case Dictionary(entries):
                return Object(tuple(Field(name, inner(part)) for name, part in entries))
            case Merged(parts):
                found = object_of(map(inner, parts), types=self._types)
                return found or self.report(_UNTOLD_KEYS, "Spread what is annotated, or a model")
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
            case Described(described):
                return described
            case Instance(annotation):
                return self._annotated(annotation, encoder, form)
            case Known(thing):
                return self._known(thing, encoder, form)
            case Method(_, name):
                return self.report(f"it is not clear what .{name} is", "Annotate it in its class")
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

    def _python_data(self, content: Value, encoder: Encoder, form: Form) -> Type:
        """What `encoder` makes of the data that pydantic left to it."""
        annotation = content.annotation if isinstance(content, Instance) else type(content)
        for cls in left_to(encoder, annotation):
            return self.report(
                f"it is not clear how {cls.__name__} is written as JSON",
                "Dump it with mode='json', or send model.model_dump_json()",
            )
        return self.type_of(content, encoder="python", form=form)

    def _annotated(self, annotation: Any, encoder: Encoder, form: Form) -> Type:
        if encoder in ("pydantic", "python") or writes(encoder, annotation):
            return self._types.of_annotation(annotation, form=form)
        plain = annotations.plain(annotation)
        if writes(encoder, plain):  # what `Annotated` adds is for pydantic alone
            return self._types.of_annotation(plain, form=form)
        shown = getattr(plain, "__name__", None) or str(plain)
        if encoder == "json":
            return self.report(
                f"json.dumps cannot write {shown}",
                "Send model.model_dump_json() or json.dumps(jsonable_encoder(...)) instead",
            )
        return self.report(
            f"it is not clear how {shown} is written as JSON",
            "Send model.model_dump_json() instead",
        )


_UNTOLD_KEYS = "it is not clear which keys a dict has that is put together of others"
_UNTOLD = "it is not clear what is sent"


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
