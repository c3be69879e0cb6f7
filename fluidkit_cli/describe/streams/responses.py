"""What a response object sends: the kind of its answer, and of what."""

import enum
import inspect
from collections.abc import Callable
from typing import Any

from starlette.responses import (
    FileResponse,
    JSONResponse,
    RedirectResponse,
    StreamingResponse,
)

from ...api import Empty, Events, File, Json, Records, Single, Text, Unknown
from .dialects import plain_events, starlette_events
from .events import events_of, records_of
from .members import items_of, members_of, sendings
from .texts import parts_of
from .values import (
    Arguments,
    Constant,
    Dictionary,
    Encoded,
    Instance,
    Known,
    Response,
    Unclear,
    Value,
)
from .values import Json as JsonText
from .wire import Wire

_JSON_LINES = {
    *("application/jsonl", "application/x-jsonl", "application/jsonlines"),
    *("application/x-ndjson", "application/ndjson", "application/json-lines"),
    *("application/stream+json", "application/x-json-stream", "text/ndjson", "text/jsonl"),
}
_WITHOUT_BODY = {204, 205, 304}
_FIRST_ERROR = 400
_BYTES = "application/octet-stream"

Sent = Callable[[Value], Value]
"""What iterating over a stream's content gives."""


def answer_of_response(response: Response, *, sent: Sent, wire: Wire) -> Single | None:
    """The answer that a response object is; nothing for one that tells of an error."""
    arguments = response.arguments
    status = arguments.get("status_code")
    if isinstance(status, Constant) and isinstance(status.value, int):
        if status.value in _WITHOUT_BODY:
            return Empty()
        if status.value >= _FIRST_ERROR:
            return None
    media_type = _media_type(response.cls, arguments)
    if isinstance(media_type, Unclear):
        wire.report(media_type.reason, media_type.hint, response.place)
        return File()
    content = arguments.get("content")
    if not is_stream(response.cls):
        return answer_of_class(response.cls, media_type, content, wire=wire)
    pieces = _NO_CONTENT if content is None else sent(content)
    answer = _stream(response.cls, media_type, pieces, wire=wire)
    is_saved = _header(arguments.get("headers"), "content-disposition") is not None
    return File(media_type or _BYTES) if is_saved and isinstance(answer, Text) else answer


_NO_CONTENT = Unclear("it is not clear what is streamed", "Pass a generator to the response")


def is_stream(cls: type[Any]) -> bool:
    """Whether the class sends its content piece by piece."""
    return issubclass(cls, StreamingResponse) or _is_sse_starlette(cls)


def declared_media_types(route: Any) -> list[str]:
    """The media types under `responses={200: {"content": {...}}}`."""
    declared = (route.responses.get(status, {}).get("content", {}) for status in (200, "200"))
    return [str(media_type) for content in declared for media_type in content]


def answer_of_media_type(media_type: str) -> Single:
    """What is known of an answer by its media type alone."""
    if media_type == "text/event-stream":
        return Events(())
    if media_type in _JSON_LINES:
        return Records(Unknown())
    if media_type == "application/json":
        return Json(Unknown())
    return _text(media_type) if media_type.startswith("text/") else File(media_type)


def answer_of_class(
    cls: type[Any], media_type: str, content: Value | None, *, wire: Wire
) -> Single:
    """What a class of responses that are sent in one piece answers."""
    if issubclass(cls, FileResponse):
        return File(media_type or _BYTES)
    if issubclass(cls, RedirectResponse):
        wire.report(
            "it redirects, and what is there is not known",
            "Link to it, or leave it out with include_in_schema=False",
        )
        return File()
    if issubclass(cls, JSONResponse) or media_type == "application/json":
        return _json(cls, content, wire)
    if media_type.startswith("text/"):
        return _text(media_type)
    if content is None and not media_type:
        return Empty()
    return File(media_type or _BYTES)


def _json(cls: type[Any], content: Value | None, wire: Wire) -> Json:
    match content:
        case None:
            return Json(wire.type_of(Constant(None)))
        case Unclear():
            return Json(wire.type_of(content))
        case _ if issubclass(cls, JSONResponse):
            return Json(wire.type_of(content))
        case JsonText(value) | Encoded(JsonText(value)):
            return Json(wire.type_of(value))
        case _:
            return Json(
                wire.report("it is not clear what JSON it sends", "Return the value itself")
            )


def _stream(cls: type[Any], media_type: str, pieces: Value, *, wire: Wire) -> Single:
    if media_type == "text/event-stream":
        dialect = starlette_events if _is_sse_starlette(cls) else plain_events
        return events_of(pieces, dialect=dialect, wire=wire)
    if media_type in _JSON_LINES:
        return records_of(pieces, wire=wire)
    for each in sendings(pieces):
        if not isinstance(each.value, Unclear) and parts_of(each.value) is None:
            wire.report(
                "only text and bytes can be sent, so the stream breaks off",
                "Yield text, as in model.model_dump_json() + '\\n'",
                each.place,
            )
    pieces = items_of(pieces)
    is_text = media_type.startswith("text/") or (not media_type and _is_text(pieces))
    return _text(media_type) if is_text else File(media_type or _BYTES)


def _text(media_type: str) -> Text:
    return Text(may_be_html=media_type.startswith("text/html"))


def _media_type(cls: type[Any], arguments: Arguments) -> str | Unclear:
    headers = arguments.get("headers")
    value = _header(headers, "content-type") or arguments.get("media_type")
    if value is None or value == Constant(None):
        of_class = media_type_of_class(cls)
        is_told = arguments.is_complete and _tells_all(headers)
        return of_class if is_told or of_class else _UNTOLD_TYPE
    text = value.thing.value if isinstance(value, Known) and _is_named(value) else None
    if isinstance(value, Constant):
        text = value.value
    if isinstance(text, str):
        return text.partition(";")[0].strip().lower()
    return _UNTOLD_TYPE


_UNTOLD_TYPE = Unclear("it is not clear which media type it has", "Give media_type as a constant")


def _is_named(value: Known) -> bool:
    return isinstance(value.thing, enum.Enum)


def media_type_of_class(cls: type[Any]) -> str:
    """The media type that a class of responses gives itself, or nothing."""
    if issubclass(cls, FileResponse):
        return ""  # it guesses one by the file's name
    found = getattr(cls, "media_type", None)
    if found is None:
        parameter = inspect.signature(cls).parameters.get("media_type")
        found = parameter.default if parameter is not None else None
    if not isinstance(found, str) and _is_sse_starlette(cls):
        found = "text/event-stream"
    return found.partition(";")[0].strip().lower() if isinstance(found, str) else ""


def _header(headers: Value | None, name: str) -> Value | None:
    match headers:
        case Dictionary(entries):
            return next((value for key, value in entries if key.lower() == name), None)
        case Known(dict() as mapping):
            values = (value for key, value in mapping.items() if str(key).lower() == name)
            return next((Constant(value) for value in values if isinstance(value, str)), None)
        case _:
            return None


def _tells_all(headers: Value | None) -> bool:
    """Whether no other headers than those that are found can be set."""
    match headers:
        case None | Constant(None) | Dictionary() | Known(dict()):
            return True
        case _:
            return False


def _is_text(pieces: Value) -> bool:
    def is_text(member: Value) -> bool:
        if isinstance(member, Unclear | Encoded) or member == Instance(bytes):
            return False
        is_bytes = isinstance(member, Constant) and isinstance(member.value, bytes)
        return parts_of(member) is not None and not is_bytes

    return all(map(is_text, members_of(pieces)))


def _is_sse_starlette(cls: type[Any]) -> bool:
    return any(base.__module__.partition(".")[0] == "sse_starlette" for base in cls.__mro__)
