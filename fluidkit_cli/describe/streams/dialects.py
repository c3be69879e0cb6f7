"""How the libraries that stream turn what is yielded into server-sent events."""

from collections.abc import Callable
from typing import Any

from ..forms import OUTPUT
from . import annotations
from .dicts import fields_of
from .frames import events_in
from .texts import parts_of
from .values import (
    Constant,
    Dictionary,
    Dumped,
    Encoded,
    Instance,
    Json,
    Merged,
    ServerSentEvent,
    Text,
    Unclear,
    Value,
)
from .wire import Wire

Dialect = Callable[[Value, Wire], list[ServerSentEvent | Unclear]]


def plain_events(sent: Value, wire: Wire) -> list[ServerSentEvent | Unclear]:
    """Of a plain streaming response, which sends text as it is."""
    if isinstance(sent, Unclear):
        return [sent]
    parts = parts_of(sent)
    events = None if parts is None else events_in(parts)
    if events is not None:
        return list(events)
    if parts is None:
        return [
            Unclear(
                "only text and bytes can be sent, so the stream breaks off",
                "Yield events as text: f'data: {model.model_dump_json()}\\n\\n'",
            )
        ]
    return [
        Unclear(
            "it is not clear which events this text is",
            "Yield whole events: each field on a line of its own, an empty line at the end",
        )
    ]


_KEYS = {"comment", "data", "event", "id", "retry", "sep"}


def starlette_events(sent: Value, wire: Wire) -> list[ServerSentEvent | Unclear]:  # noqa: PLR0911 - a case for each kind
    """Of sse-starlette, which makes events of dicts and strings, and sends bytes as they are."""
    match sent:
        case Unclear() | ServerSentEvent():
            return [sent]
        case Encoded() | Constant(bytes()):
            return plain_events(sent, wire)
        case Instance(annotation) if _is(annotation, dict):
            return [_event_of_dict(sent)]
        case Dictionary() | Merged() | Dumped():
            return [_event_of_dict(sent)]
        case Instance(annotation) if _is_event(annotation):
            return [Unclear("it is not clear what this event holds", _AT_THE_YIELD)]
        case Constant(str()) | Text() if _is_framed(sent):
            return [
                Unclear(
                    "it is framed twice, since sse-starlette makes an event of each string",
                    "Yield the data alone, or a dict of event and data",
                )
            ]
        case _:
            return [ServerSentEvent(None, sent)]


def _event_of_dict(sent: Value) -> ServerSentEvent | Unclear:
    fields = fields_of(sent)
    if fields is None or not fields.keys() <= _KEYS:
        return Unclear("it is not clear which events this dict is", _AT_THE_YIELD)
    return ServerSentEvent(fields.get("event"), fields.get("data"))


def _is_framed(text: Value) -> bool:
    first, *_ = parts_of(text) or ("",)
    return isinstance(first, str) and first.startswith(("data:", "event:", "id:"))


def fastapi_events(sent: Value, wire: Wire) -> list[ServerSentEvent | Unclear]:
    """Of FastAPI's own event streams, which encode all but `ServerSentEvent`."""
    match sent:
        case ServerSentEvent():
            return [sent]
        case Instance(annotation) if _is_event(annotation):
            return [Unclear("it is not clear what this event holds", _AT_THE_YIELD)]
        case _:
            return [ServerSentEvent(None, Json(Dumped(sent, "fastapi", OUTPUT)))]


_AT_THE_YIELD = "Make the event where it is yielded, so that its name and data can be read"


def _is(annotation: Any, cls: type[Any]) -> bool:
    found = annotations.class_of(annotation)
    return found is not None and issubclass(found, cls)


def _is_event(annotation: Any) -> bool:
    members = map(annotations.class_of, annotations.alternatives(annotations.plain(annotation)))
    return any(cls is not None and cls.__name__ == "ServerSentEvent" for cls in members)
