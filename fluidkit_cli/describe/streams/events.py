"""What a stream carries, from the values that its generator yields."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from ...api import Event, Events, Records, Scalar, Type
from ..conversion import literal_of, union_of
from . import annotations
from .dialects import Dialect
from .frames import lines_in
from .members import members_of, sendings
from .texts import parts_of
from .values import Constant, Encoded, Instance, Json, Known, ServerSentEvent, Text, Unclear, Value
from .wire import Wire, parsed


@dataclass(frozen=True, slots=True)
class Carried:
    """What the data of an event holds, and the text, as `[DONE]`, where it is a text that may end
    the stream."""

    type: Type
    encoding: Literal["json", "text"]
    text: str = ""
    is_last: bool = False


def events_of(sent: Value, *, dialect: Dialect, wire: Wire) -> Events:
    """The kinds of events, each name with all that it carries.

    No kinds at all where a name is unclear, or carries JSON and text by turns: then the client
    can rely on none. A literal text beside JSON, after which the generator ends, ends the stream.
    """
    kinds: dict[str, list[Carried]] = {}
    is_clear = True
    for event, is_last in _events(sent, dialect, wire):
        names = _names(event, wire)
        carried = [] if isinstance(event, Unclear) else _carried(event.data, wire)
        is_clear = is_clear and not isinstance(event, Unclear) and (bool(names) or not carried)
        for name in names if carried else ():
            kinds.setdefault(name, []).extend(replace(c, is_last=is_last) for c in carried)
    ends = tuple(dict.fromkeys(end for carried in kinds.values() for end in _take_ends(carried)))
    is_clear = is_clear and not any([_is_mixed(name, kinds[name], wire) for name in kinds])
    is_clear = is_clear and not any([_goes_on(name, kinds[name], ends, wire) for name in kinds])
    return (
        Events(tuple(_event(name, kinds[name]) for name in kinds), ends) if is_clear else Events(())
    )


def _events(
    sent: Value, dialect: Dialect, wire: Wire
) -> Iterator[tuple[ServerSentEvent | Unclear, bool]]:
    """Each with whether the stream ends after it."""
    for each in sendings(sent):
        with wire.at(each.place):
            events = dialect(each.value, wire)
            yield from ((event, each.is_last and event is events[-1]) for event in events)


def _take_ends(carried: list[Carried]) -> Iterator[str]:
    """Takes the texts out that only end the stream, if all else is JSON."""
    if {each.encoding for each in carried} != {"json", "text"}:
        return
    texts = [each for each in carried if each.encoding == "text"]
    if all(each.text and each.is_last and parsed(each.text) is None for each in texts):
        carried[:] = [each for each in carried if each.encoding == "json"]
        yield from (each.text for each in texts)


def records_of(sent: Value, *, wire: Wire) -> Records:
    """The items of JSON lines."""
    found: list[Type] = []
    for each in sendings(sent):
        with wire.at(each.place):
            found.extend(wire.type_of(line) for line in _lines(each.value))
    return Records(union_of(found) if found else wire.report(_NO_LINE, _WHOLE_LINES))


_NO_LINE = "it sends no line of JSON"
_WHOLE_LINES = "Yield whole lines, as in model.model_dump_json() + '\\n'"


def _lines(member: Value) -> list[Value]:
    if isinstance(member, Unclear):
        return [member]
    parts = parts_of(member)
    lines = None if parts is None else lines_in(parts)
    if lines is not None:
        return lines
    reason = "what is not text cannot be sent" if parts is None else "a line is not clearly JSON"
    return [Unclear(reason, _WHOLE_LINES)]


def _names(event: ServerSentEvent | Unclear, wire: Wire) -> list[str]:
    """The names an event may have; none where they are unclear."""
    if isinstance(event, Unclear):
        wire.type_of(event)
        return []
    names: list[str] = []
    for member in members_of(event.name or Constant(None)):
        found = _exact_names(member)
        if not found:
            wire.report(
                "it is not clear which names its events have",
                'Annotate the name, as in name: Literal["token", "done"]',
            )
            return []
        names.extend(found)
    return names


def _exact_names(name: Value) -> list[str]:
    match name:
        case Constant(None):
            return ["message"]
        case Constant(str(text)):
            return [text or "message"]
        case Known(enum.Enum() as member):
            return [str(member.value)]
        case Instance(annotation):
            try:
                values = list(annotations.literals_of(annotation))
            except ValueError:
                return []
            return [str(v.value if isinstance(v, enum.Enum) else v or "message") for v in values]
        case _:
            return []


def _carried(data: Value | None, wire: Wire) -> list[Carried]:
    """What an event's data may hold. Without data a browser does not see an event."""
    members = members_of(data or Constant(None))
    return [_datum(member, wire) for member in members if member != Constant(None)]


def _datum(data: Value, wire: Wire) -> Carried:
    match data:
        case Json(content):
            return Carried(wire.type_of(content), "json")
        case Constant(str(text)):
            value = parsed(text) if text[:1] in ("{", "[") else None
            if value is not None:
                return Carried(wire.type_of(value), "json")
            return Carried(literal_of(text), "text", text)
        case _:
            return Carried(_text(data, wire), "text")


def _text(data: Value, wire: Wire) -> Type:
    match data:
        case Unclear():
            return wire.type_of(data)
        case Instance(annotation) if annotation in (Any, object):
            return wire.report("it is not clear what its data is", "Annotate it")
        case Text() | Encoded() | Constant(int() | float()):
            return Scalar("string")
        case Instance(annotation) if annotation in (str, bytes, int, float, bool):
            return Scalar("string")
        case Known(enum.Enum() as member) if isinstance(member, str):
            return Scalar("string")
        case _:
            return wire.report(
                "what is not text is sent as Python shows it, which is no JSON",
                "Send json.dumps(...) or model.model_dump_json() as the data",
            )


def _is_mixed(name: str, carried: list[Carried], wire: Wire) -> bool:
    if len({each.encoding for each in carried}) == 1:
        return False
    wire.report(*mixed(name))
    return True


def mixed(name: str) -> tuple[str, str]:
    """That no client can tell what an event carries, and what helps."""
    return (
        f"the event {name} carries JSON and text by turns",
        "Give the text an event name of its own, or send it last of all, to end the stream",
    )


def _goes_on(name: str, carried: list[Carried], ends: tuple[str, ...], wire: Wire) -> bool:
    """Whether an event carries a text that ends the stream under another name."""
    found = [each.text for each in carried if each.text and each.text in ends]
    for text in found:
        wire.report(
            f"the event {name} carries {text}, which ends the stream in another event",
            "Send another text, or end the stream with it in both",
        )
    return bool(found)


def _event(name: str, carried: list[Carried]) -> Event:
    return Event(name, union_of(each.type for each in carried), carried[0].encoding)
