"""What calling a class makes."""

from typing import Any

from pydantic import TypeAdapter
from starlette.responses import Response as StarletteResponse

from ..forms import BY_NAME, OUTPUT
from ..sources import Place
from . import annotations
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
    join,
    members_of,
)


def made(cls: type[Any], arguments: Arguments, place: Place) -> Value:
    """An object of a class that is called."""
    if issubclass(cls, StarletteResponse):
        return Response(cls, arguments, place)
    if any(base.__name__ == "ServerSentEvent" for base in cls.__mro__):
        return _event(cls, arguments, place)
    adapted = arguments.get("type", 0)
    if cls is TypeAdapter and isinstance(adapted, Known | Instance):
        inner = adapted.thing if isinstance(adapted, Known) else adapted.annotation
        return Instance(TypeAdapter[inner])  # type: ignore[valid-type]
    return Instance(cls)


def _event(cls: type[Any], arguments: Arguments, place: Place) -> Value:
    if not arguments.is_complete:
        return Unclear("what the event holds is spread", "Name its arguments", place)
    is_native = cls.__module__.partition(".")[0] == "fastapi"
    data = arguments.get("data", None if is_native else 0)
    raw = arguments.get("raw_data") if is_native else None
    if raw is not None and raw != Constant(None):
        data = raw
    elif data is not None and data != Constant(None):
        if is_native:
            data = join(_native_data(member) for member in members_of(data))
        elif cls.__name__ == "JSONServerSentEvent":
            data = Json(data)
    return ServerSentEvent(arguments.get("event"), data)


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
