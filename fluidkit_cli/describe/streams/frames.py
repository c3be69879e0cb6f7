"""Cuts text that is sent into server-sent events, or into lines of JSON."""

import re

from .members import members_of
from .texts import Parts, text_of
from .values import Constant, Json, ServerSentEvent, Value
from .wire import parsed

# Stand for values within the text; private-use characters, which no source holds by chance.
_FIRST_MARK = 0xE000
_MARK = re.compile(r"[\uE000-\uEFFF]")

_LINE_END = re.compile(r"\r\n|\n|\r")
_EVENT_END = re.compile(r"(?:\r\n|\n|\r){2,}")


def events_in(parts: Parts) -> list[ServerSentEvent] | None:
    """The events of one piece of an event stream.

    Nothing if the piece does not end where an event ends, or if a value in it may be more than a
    field's value: then the events cannot be told.
    """
    if _has_lines(parts):
        return None
    text = _marked(parts)
    if not text.strip("\r\n"):
        return []
    if not re.search(r"(?:\r\n|\n|\r){2}$", text):
        return None
    events = []
    for block in _EVENT_END.split(text):
        fields = _fields(block)
        if fields is None:
            return None
        if "data" in fields:
            name = _unmarked(fields["event"], parts) if "event" in fields else None
            events.append(ServerSentEvent(name, _unmarked(fields["data"], parts)))
    return events


def _fields(block: str) -> dict[str, str] | None:
    fields: dict[str, str] = {}
    for line in filter(None, _LINE_END.split(block)):
        name, _, value = line.partition(":")
        if _MARK.search(name):
            return None
        value = value.removeprefix(" ")
        fields[name] = f"{fields[name]}\n{value}" if name == "data" and name in fields else value
    return fields


def lines_in(parts: Parts) -> list[Value] | None:
    """The values in one piece of JSON lines; nothing where a line is not clearly JSON."""
    if _has_lines(parts):
        return None
    values: list[Value] = []
    for line in _marked(parts).splitlines():
        if not line.strip():
            continue
        value = _unmarked(line.strip(), parts)
        contents = [_content(member) for member in members_of(value)]
        if None in contents:
            return None
        values.extend(content for content in contents if content is not None)
    return values


def _has_lines(parts: Parts) -> bool:
    """Whether JSON in it is spread over lines, each of which would be another field or item."""
    values = (part for part in parts if not isinstance(part, str))
    return any(
        isinstance(member, Json) and member.is_indented
        for value in values
        for member in members_of(value)
    )


def _content(line: Value) -> Value | None:
    match line:
        case Json(content):
            return content
        case Constant(str(text)):
            return parsed(text)
        case _:
            return None


def _marked(parts: Parts) -> str:
    return "".join(
        part if isinstance(part, str) else chr(_FIRST_MARK + place)
        for place, part in enumerate(parts)
    )


def _unmarked(text: str, parts: Parts) -> Value:
    """The value of text in which marks stand for the values of `parts`."""
    found: list[str | Value] = []
    start = 0
    for mark in _MARK.finditer(text):
        found.extend((text[start : mark.start()], parts[ord(mark[0]) - _FIRST_MARK]))
        start = mark.end()
    value = text_of((*found, text[start:]))
    match found:
        case ["", single] if not isinstance(single, str) and not text[start:].strip():
            return single
    return value
