"""One route as TypeScript: the function that calls it, and beside a GET the one of its address."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ...api import Events, Route, Single, Text
from ..text import comment_lines, comment_phrase, doc_comment, string_literal, value_key
from .answers import Returned
from .declarations import documented, member_value
from .errors import Raised
from .layout import (
    HARD_LINE,
    LINE,
    SOFT_LINE,
    WIDTH,
    Doc,
    Group,
    Indent,
    enclosed,
    join,
    render,
    row,
)
from .parameters import Argument
from .types import TypePrinter, intersection, object_type

_PATH_PARAMETER = re.compile(r"\{([^{}:]+)(?::[^{}]*)?\}")
_IMPLIED_EVENTS = [("message", "json")]
_ENCODERS = {
    "path": "pathOf",
    "query": "queryOf",
    "header": "headersOf",
    "form": "formOf",
    "multipart": "multipartOf",
}
"""The runtime's functions, by what they encode: imported only by what needs them."""


@dataclass(frozen=True, slots=True)
class Function:
    """What one function is printed from; `call` is how its module calls the runtime's function."""

    name: str
    route: Route
    answer: Single
    arguments: tuple[Argument, ...]
    returned: Returned
    call: str
    dates: tuple[tuple[str, Doc], ...] = ()
    """What makes the dates of an answer; of events one for each name that has any."""
    encoders: Mapping[str, str] = field(default_factory=dict)
    """What its module calls the `encoders`; without them the values stand for themselves."""

    @property
    def must_choose(self) -> bool:
        """Whether it cannot be called without options."""
        return any(argument.is_chosen for argument in self.arguments)


def encoders(route: Route) -> list[str]:
    """The runtime's functions that encode what the route takes beside JSON."""
    sent: set[str] = {parameter.location for parameter in route.parameters}
    if route.body:
        sent.add(route.body.encoding)
    return [name for kind, name in _ENCODERS.items() if kind in sent]


def call_function(function: Function, *, printer: TypePrinter) -> str:
    """The function that sends the request."""
    comment = call_comment(function)
    return _function(function, runtime_call(function), comment=comment, printer=printer)


def call_comment(function: Function) -> list[str]:
    """What a function that sends a request says of itself."""
    route = function.route
    return [*_paragraph(route.description), _address(route), *_described(function)]


def runtime_call(function: Function) -> Doc:
    """The call of the runtime's function that sends the request."""
    route = function.route
    parts = object_literal([*_parts(function), *_answer_parts(function)])
    template = string_literal(_template(route))
    return _call(function, [string_literal(route.method), template, parts])


def guard(function: str, *, route: Route, call: str, raised: Raised) -> str:
    """The statement below a function that has `isError` know what its route declares."""
    target = f"{function}.errors ="
    opening = f"{call}<{raised.name}>(" if raised.name else f"{call}("
    request = string_literal(f"{route.method} {_template(route)}")
    errors = enclosed(opening, [request, *raised.statuses], ")")
    # Prettier breaks the call, and before it only what stays too long for the line.
    is_long = len(f"{target} {opening}") > WIDTH
    value = Indent(row(HARD_LINE, errors)) if is_long else row(" ", errors)
    return render(row(target, value, ";"))


def url_function(function: Function, *, printer: TypePrinter) -> str:
    """The function that tells the address: its arguments are those of the address alone."""
    template = string_literal(_template(function.route))
    call = _call(function, [template, object_literal(_parts(function))])
    comment = [f"The address of {_address(function.route)}.", *_described(function)]
    return _function(function, call, comment=comment, printer=printer)


def object_literal(members: Iterable[tuple[str, Doc]]) -> Doc:
    """`{ key: value }`, each key with what is written beside it."""
    return enclosed("{", [_member(key, value) for key, value in members], "}", padding=LINE)


def _function(function: Function, call: Doc, *, comment: list[str], printer: TypePrinter) -> str:
    opening = render(row(signature(function, printer=printer), " {"))
    body = render(row("return ", call, ";"), depth=1)
    return "\n".join([*doc_comment(comment), opening, f"\t{body}", "}"])


def signature(function: Function, *, printer: TypePrinter) -> Doc:
    """In one group with the result: where that does not fit, the parameters break first."""
    parameters = [
        row(f"{argument.name}: ", _parameter_type(argument, printer))
        for argument in function.arguments
        if argument.required
    ]
    options = "options: " if function.must_choose else "options?: "
    parameters.append(row(options, _options_type(function, printer)))
    inner = Indent(row(SOFT_LINE, join(row(",", LINE), parameters)))
    result = function.returned.result
    return Group(row(f"export function {function.name}(", inner, SOFT_LINE, "): ", result))


def _parameter_type(argument: Argument, printer: TypePrinter) -> Doc:
    if not argument.narrowing:
        return printer.annotation(argument.type)
    return row(printer.operand(argument.type), " & ", argument.narrowing)


def _options_type(function: Function, printer: TypePrinter) -> Doc:
    names = (function.returned.options, *function.returned.more_options)
    optional = [argument for argument in function.arguments if not argument.required]
    members = [documented(_option(a, printer), a.description) for a in optional]
    return intersection(names, object_type(members) if members else None)


def _option(argument: Argument, printer: TypePrinter) -> Doc:
    if argument.is_chosen:
        return row(f"{argument.name}: ", _parameter_type(argument, printer))
    if argument.narrowing:
        return row(f"{argument.name}?: (", _parameter_type(argument, printer), ") | undefined")
    return row(f"{argument.name}?: ", printer.annotation(argument.type, or_undefined=True))


def _call(function: Function, arguments: list[Doc]) -> Doc:
    return enclosed(f"{function.call}(", [*arguments, "options"], ")")


def _template(route: Route) -> str:
    """The path as FastAPI writes it, `:path` kept where a parameter may hold slashes."""
    spanning = {p.wire_name for p in route.parameters if p.spans_segments}

    def parameter(match: re.Match[str]) -> str:
        name = match[1]
        return f"{{{name}:path}}" if name in spanning else f"{{{name}}}"

    return _PATH_PARAMETER.sub(parameter, route.path)


def _parts(function: Function) -> list[tuple[str, Doc]]:
    parts: list[tuple[str, Doc]] = []
    for location, key in (("path", "path"), ("query", "query"), ("header", "headers")):
        members: list[tuple[str, Doc]] = [
            (a.wire_name, a.value) for a in function.arguments if a.location == location
        ]
        if members:
            parts.append((key, _encoded(function, object_literal(members), kind=location)))
    sent = function.route.body.encoding if function.route.body else "json"
    key = "body" if sent == "json" else "form"
    bodies = [a.value for a in function.arguments if a.location == "body"]
    return [*parts, *((key, _encoded(function, value, kind=sent)) for value in bodies)]


def _encoded(function: Function, values: Doc, *, kind: str) -> Doc:
    encoder = function.encoders.get(_ENCODERS.get(kind, ""))
    return row(f"{encoder}(", values, ")") if encoder else values


def _answer_parts(function: Function) -> list[tuple[str, Doc]]:
    match function.answer:
        case Events():
            return _events_parts(function.answer, dict(function.dates))
        case Text(may_be_html=True):
            return [("html", "true")]
    return [("revive", dates) for _, dates in function.dates]


def _events_parts(answer: Events, dates: Mapping[str, Doc]) -> list[tuple[str, Doc]]:
    """Which names the union knows, how their data is read, and what ends the stream."""
    texts = enclosed("[", map(string_literal, answer.ends), "]")
    ends: list[tuple[str, Doc]] = [("ends", texts)] if answer.ends else []
    known = [(event.name, event.encoding) for event in answer.events]
    if not known:
        return [("events", "'any'"), *ends]
    if known == _IMPLIED_EVENTS and not dates:
        return ends
    encodings = [(name, dates.get(name, string_literal(how))) for name, how in known]
    return [("events", object_literal(encodings)), *ends]


def _member(key: str, value: Doc) -> Doc:
    return key if key == value else member_value(value_key(key), value)


def _paragraph(description: str) -> list[str]:
    lines = comment_lines(description)
    return [*lines, ""] if lines else []


def _address(route: Route) -> str:
    return f"`{comment_phrase(f'{route.method} {route.path}')}`"


def _described(function: Function) -> list[str]:
    """The tags. An option's description is none of them: it stands at its key."""
    described = [(a.name, a.description) for a in function.arguments if a.required]
    tags = [f"@param {name} - {comment_phrase(text)}" for name, text in described if text.strip()]
    if function.route.deprecated:
        tags.append("@deprecated")
    return ["", *tags] if tags else []
