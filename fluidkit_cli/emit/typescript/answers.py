"""What a generated function returns, and the runtime's function that makes it."""

from dataclasses import dataclass, replace
from typing import assert_never

from ...api import Empty, Event, Events, File, Json, Records, Single, Text
from ...api import types as api
from .declarations import declare_object, declare_type
from .layout import WIDTH, Doc, render
from .shapes import simplified
from .types import TypePrinter, alternatives, below, generic, literal

_LONGEST_INLINE = 60
"""A longer type gets a name: it stands twice in a signature, and people want to mention it."""


@dataclass(frozen=True, slots=True)
class Returned:
    """The runtime's function, the types of its options and of its result, and their imports.

    Where two functions may be called, `more_options` has the options of the other one.
    `declaration` is that of a type that the signature mentions and that is too long to stand there.
    """

    call: str
    options: Doc
    result: Doc
    imports: tuple[str, ...]
    declaration: str = ""
    more_options: tuple[Doc, ...] = ()


def returned(answer: Single, *, printer: TypePrinter, name: str) -> Returned:
    """`name` is what a type is called that needs a name."""
    match answer:
        case Json(type):
            item = _item(type, printer=printer, name=name)
            result = generic("Promise", item.doc, hugs=item.hugs)
            return Returned("json", "RequestOptions", result, ("RequestOptions",), item.declaration)
        case Empty():
            return Returned("json", "RequestOptions", "Promise<void>", ("RequestOptions",))
        case Events(events):
            item = _event(events, printer=printer, name=name)
            return _stream("events", prefix="Event", item=item, imports=("ServerEvent",))
        case Records(type):
            item = _item(type, printer=printer, name=name)
            return _stream("records", prefix="Record", item=item)
        case Text():
            return Returned("text", "TextOptions", "TextStream", ("TextOptions", "TextStream"))
        case File():
            return Returned("download", "DownloadOptions", "Download", _DOWNLOAD)
        case _:
            assert_never(answer)


def with_files(returned: Returned) -> Returned:
    """The same for a form that may hold files. Only an answer in one piece can do with it."""
    if returned.call != "json":
        return returned
    options = "UploadOptions"
    return replace(returned, call="sendFiles", options=options, imports=(options,))


def either(on: Returned, off: Returned) -> Returned:
    """What a function takes and returns that answers with one or the other."""
    # RequestOptions is a part of all others.
    own = dict.fromkeys(each.options for each in (on, off) if each.options != "RequestOptions")
    options, *more = own or ["RequestOptions"]
    results = list(dict.fromkeys((on.result, off.result)))
    return replace(
        on,
        options=options,
        more_options=tuple(more),
        result=below(alternatives(results)) if len(results) > 1 else results[0],
    )


UNDECIDED = ("RequestOptions",)
"""What `undecided` imports beside what the two do."""


def undecided(on: Returned, off: Returned) -> Returned:
    """The same where only the value tells which: it takes what serves both."""
    [options] = UNDECIDED
    return replace(either(on, off), options=options, more_options=())


def type_role(answer: Single) -> str:
    """What the type of an answer's items is called after: `chat` streams a `ChatEvent`."""
    match answer:
        case Events():
            return "Event"
        case Records():
            return "Item"
        case _:
            return "Answer"


_DOWNLOAD = ("Download", "DownloadOptions")


@dataclass(frozen=True, slots=True)
class _Item:
    doc: Doc
    hugs: bool
    declaration: str = ""


def _stream(call: str, *, prefix: str, item: _Item, imports: tuple[str, ...] = ()) -> Returned:
    options, result = f"{prefix}Options", f"{prefix}Stream"
    return Returned(
        call,
        generic(options, item.doc, hugs=item.hugs),
        generic(result, item.doc, hugs=item.hugs),
        (options, result, *imports),
        item.declaration,
    )


def _item(type: api.Type, *, printer: TypePrinter, name: str) -> _Item:
    type = simplified(type)
    doc = printer.type(type)
    if _is_short(doc):
        return _Item(doc, printer.is_hugged(type))
    if isinstance(type, api.Object):
        return _Item(name, True, declare_object(name, type, printer=printer))
    return _Item(name, True, declare_type(name, printer.annotation(type)))


def _event(events: tuple[Event, ...], *, printer: TypePrinter, name: str) -> _Item:
    members = [generic("ServerEvent", literal(e.name), printer.type(e.type)) for e in events]
    match members:
        case []:
            return _Item("ServerEvent", True)
        case [member] if _is_short(member):
            return _Item(member, False)
        case _:
            union = below(alternatives(members)) if len(members) > 1 else members[0]
            return _Item(name, True, declare_type(name, union))


def _is_short(doc: Doc) -> bool:
    text = render(doc, width=10 * WIDTH)
    return "\n" not in text and len(text) <= _LONGEST_INLINE
