"""What calling a class makes."""

import inspect
from typing import Any

from pydantic import TypeAdapter
from starlette.responses import Response as StarletteResponse

from ..forms import BY_NAME, OUTPUT
from ..sources import Place
from . import annotations
from .members import join, members_of
from .values import (
    Arguments,
    Constant,
    Dumped,
    Instance,
    Json,
    Known,
    Response,
    ServerSentEvent,
    Unclear,
    Value,
)


def is_sent(cls: type[Any]) -> bool:
    """Whether it is a class of responses or of events."""
    return issubclass(cls, StarletteResponse) or _is_event(cls)


def _is_event(cls: type[Any]) -> bool:
    return any(base.__name__ == "ServerSentEvent" for base in cls.__mro__)


def made(cls: type[Any], arguments: Arguments, place: Place) -> Value | None:
    """An object of a class that is called, with what the library's own class takes."""
    if cls in _COPYING and arguments != Arguments():
        return None
    if issubclass(cls, StarletteResponse):
        return Response(cls, _by_name(_library_class(cls), arguments), place)
    if _is_event(cls):
        return _event(cls, arguments, place)
    adapted = arguments.get("type", 0)
    if cls is TypeAdapter and isinstance(adapted, Known | Instance):
        inner = adapted.thing if isinstance(adapted, Known) else adapted.annotation
        return Instance(TypeAdapter[inner])  # type: ignore[valid-type]
    return Instance(cls)


# Of what is unclear they make what is as unclear.
_COPYING = {dict, frozenset, list, set, tuple}
_LIBRARIES = {"fastapi", "pydantic", "sse_starlette", "starlette"}


def is_of_library(cls: type[Any]) -> bool:
    """Whether it is one of the classes whose arguments are known here."""
    return cls.__module__.partition(".")[0] in _LIBRARIES


def _library_class(cls: type[Any]) -> type[Any]:
    return next(filter(is_of_library, cls.__mro__), cls)


def _by_name(cls: type[Any], arguments: Arguments) -> Arguments:
    """The same, all under their names, and what is sent as `content`."""
    try:
        names = list(inspect.signature(cls).parameters)
    except (TypeError, ValueError):
        names = ["content"]
    named = dict(zip(names, arguments.positional, strict=False)) | dict(arguments.named)
    if "content" not in named and names and names[0] in named:
        named["content"] = named[names[0]]
    return Arguments((), tuple(named.items()), arguments.is_complete)


def _event(cls: type[Any], arguments: Arguments, place: Place) -> Value:
    if not arguments.is_complete:
        return Unclear("what the event holds is spread", "Name its arguments", place)
    is_native = hasattr(cls, "model_fields")
    data = arguments.get("data", None if is_native else 0)
    raw = arguments.get("raw_data") if is_native else None
    if raw is not None and raw != Constant(None):
        data = raw
    elif data is not None and data != Constant(None):
        if is_native:
            data = join(_native_data(member) for member in members_of(data))
        elif any(base.__name__ == "JSONServerSentEvent" for base in cls.__mro__):
            data = Json(data)
    return ServerSentEvent(arguments.get("event") or _default_name(cls), data)


def _default_name(cls: type[Any]) -> Value | None:
    field = getattr(cls, "model_fields", {}).get("event")
    return Constant(field.default) if field and isinstance(field.default, str) else None


def _native_data(value: Value) -> Value:
    """As FastAPI writes it: models by Python's field names, all else through its encoder."""
    is_model = isinstance(value, Instance | Known) and hasattr(
        annotations.class_of(value.annotation) if isinstance(value, Instance) else value.thing,
        "model_dump_json",
    )
    if isinstance(value, Unclear):
        return Json(value)
    if is_model:
        return Json(Dumped(value, "pydantic", BY_NAME))
    return Json(Dumped(value, "fastapi", OUTPUT))
