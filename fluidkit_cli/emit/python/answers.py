"""What a generated method returns, and what of the runtime it calls for that."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, assert_never

from ...api import Empty, Event, Events, File, Json, Records, Scalar, Single, Text, Type, Union
from .layout import Brackets, Code, Either, call, flat, row, subscript
from .text import string_literal
from .types import TypePrinter

Prefix = Literal["", "Async"]
Alias = Callable[[Code, str], Code]

LONGEST_INLINE = 40
"""A longer type gets a name: people want to mention it, and it is to fit on a line."""


@dataclass(frozen=True, slots=True)
class Returned:
    """The type that comes, the call that makes it, and the type of its options.

    `kind` says whether it comes as a `value`, which `AsyncClient` awaits, as `nothing`, which it
    awaits too, or as a `stream`.
    """

    type: Code
    call: Code
    kind: Literal["value", "nothing", "stream"]

    @property
    def options(self) -> str:
        return "StreamKeywords" if self.kind == "stream" else "RequestKeywords"


def returned(answer: Single, *, printer: TypePrinter, alias: Alias, prefix: Prefix) -> Returned:  # noqa: PLR0911 - one case a kind
    """`alias` gives a name to a type of a role, as `Answer`."""
    match answer:
        case Json(type):
            item = _short(printer.type(type), "Answer", alias)
            return Returned(item, _call("json", item), "value")
        case Empty():
            return Returned("None", _call("empty"), "nothing")
        case Events(()):
            return Returned(f"{prefix}Stream[Any]", _events("None", answer), "stream")
        case Events():
            values = Union(tuple(map(_type, answer.events)))
            items = (
                _short(printer.type(values), "Value", alias),
                alias(_union(answer, printer), "Event"),
            )
            return Returned(
                subscript(f"{prefix}Stream", items),
                _events(_types(answer, printer), answer),
                "stream",
            )
        case Records(type):
            item = _short(printer.type(type), "Item", alias)
            return Returned(subscript(f"{prefix}Stream", [item]), _call("lines", item), "stream")
        case Text(may_be_html):
            after = [row("is_html=", "True")] if may_be_html else []
            return Returned(f"{prefix}Stream[str]", _call("text", after=after), "stream")
        case File():
            return Returned(f"{prefix}Download", _call("download"), "stream")
        case _:
            assert_never(answer)


def _union(answer: Events, printer: TypePrinter) -> Code:
    """The events by their names."""
    events = [
        subscript("ServerSentEvent", [_name(event), printer.type(_type(event))])
        for event in answer.events
    ]
    return events[0] if len(events) == 1 else Either(tuple(events))


def _name(event: Event) -> Code:
    return subscript("Literal", [string_literal(event.name)])


def _type(event: Event) -> Type:
    return Scalar("string") if event.encoding == "text" else event.type


def _types(answer: Events, printer: TypePrinter) -> Code:
    items = (
        row(f"{string_literal(event.name)}: ", _read_as(event, printer)) for event in answer.events
    )
    return Brackets("{", tuple(items), "}")


def _read_as(event: Event, printer: TypePrinter) -> Code:
    return "TEXT" if event.encoding == "text" else printer.type(event.type)


def _events(types: Code, answer: Events) -> Code:
    texts = [string_literal(text) for text in answer.ends]
    ends: Code = f"({texts[0]},)" if len(texts) == 1 else Brackets("(", tuple(texts), ")")
    return _call("events", types, after=[row("ends=", ends)] if texts else [])


def _short(type: Code, role: str, alias: Alias) -> Code:
    return type if len(flat(type)) <= LONGEST_INLINE else alias(type, role)


def _call(method: str, *types: Code, after: list[Code] | None = None) -> Code:
    return call(f"self._routes.{method}", ["call", *types, "options", *(after or [])])
