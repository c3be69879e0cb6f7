"""The routes of an app as people and machines see them, each with its client."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from ..api import (
    Answer,
    Api,
    Body,
    ByFlag,
    DeclaredError,
    Empty,
    ErrorStatus,
    Event,
    Events,
    Field,
    File,
    HTTPValidationError,
    Json,
    Object,
    Parameter,
    Records,
    Single,
    Text,
    Type,
    Unknown,
)
from ..emit import TYPESCRIPT, Client, clients_of, module_file, type_printer
from ..generation import names_in
from .target import Target

TypeText = Callable[[Type], str]
"""Writes a type in TypeScript."""


@dataclass(frozen=True, slots=True)
class ParameterLine:
    """A value of the address (`path`, `query`) or of a `header`; `wire_name` is what is sent."""

    name: str
    wire_name: str
    location: str
    type: str
    required: bool


@dataclass(frozen=True, slots=True)
class BodyLine:
    """A request's body; `encoding` is `json`, `form` or `multipart`."""

    name: str
    type: str
    required: bool
    encoding: str


@dataclass(frozen=True, slots=True)
class EventLine:
    """A kind of server-sent event; `encoding` of its data is `json` or `text`."""

    name: str
    type: str
    encoding: str


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """What a route answers.

    `kind` is `json`, `empty`, `sse`, `jsonl`, `text` or `file`; `type` that of one item of a
    stream; `ends` are the texts that end one.
    """

    kind: str
    type: str
    events: tuple[EventLine, ...] = ()
    ends: tuple[str, ...] = ()
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class FlagLine:
    """The flag, a query parameter or a key of the body, that decides between two answers."""

    name: str
    in_body: bool
    default: bool
    on: AnswerLine
    off: AnswerLine


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """A status (`409`, `"4XX"`, `"default"`) that is declared, and the type of its JSON."""

    status: ErrorStatus
    type: str


@dataclass(frozen=True, slots=True)
class RouteLine:
    """A route. All types are TypeScript's, `kind` and `type` those of `answer`.

    Where there is a `flag`, `answer` is what counts when it is not sent, and `kind` and `type` name
    both.
    """

    method: str
    path: str
    function: str
    operation_id: str
    kind: str
    type: str
    client: str
    source: str
    import_line: str
    file: str
    line: int
    deprecated: bool
    parameters: tuple[ParameterLine, ...]
    body: BodyLine | None
    answer: AnswerLine
    flag: FlagLine | None
    errors: tuple[ErrorLine, ...]


def route_lines(api: Api, *, target: Target, folder: str) -> list[RouteLine]:
    """One line a route, by client file, then as in the Python source.

    `folder` is what the clients are imported from.
    """
    known = names_in(target.output, dialect=TYPESCRIPT)
    text = type_printer(api, known=known, dates=target.dates)
    clients = clients_of(api, package=target.package, naming=target.naming)
    return [_route_line(client, folder=folder, text=text) for client in clients]


def _route_line(client: Client, *, folder: str, text: TypeText) -> RouteLine:
    route = client.route
    source = f"{folder}/{module_file(client.module_path)}"
    kind, type = _in_short(route.answer, text)
    return RouteLine(
        method=route.method,
        path=route.path,
        function=route.name,
        operation_id=route.operation_id,
        kind=kind,
        type=type,
        client=client.name,
        source=source,
        import_line=f"import {{ {client.name} }} from '{source}';",
        file=route.file,
        line=route.line,
        deprecated=route.deprecated,
        parameters=tuple(_parameter_line(parameter, text) for parameter in route.parameters),
        body=_body_line(route.body, text) if route.body else None,
        answer=_answer_line(_plain_answer(route.answer), text),
        flag=_flag_line(route.answer, text) if isinstance(route.answer, ByFlag) else None,
        errors=tuple(_error_line(error, text) for error in route.errors),
    )


def _in_short(answer: Answer, text: TypeText) -> tuple[str, str]:
    if isinstance(answer, ByFlag):
        off, on = _answer_line(answer.off, text), _answer_line(answer.on, text)
        return f"{off.kind} or {on.kind}", f"{off.type} or {on.type}"
    line = _answer_line(answer, text)
    return line.kind, line.type


def _plain_answer(answer: Answer) -> Single:
    if isinstance(answer, ByFlag):
        return answer.on if answer.default else answer.off
    return answer


def _flag_line(answer: ByFlag, text: TypeText) -> FlagLine:
    return FlagLine(
        answer.flag,
        answer.in_body,
        answer.default,
        on=_answer_line(answer.on, text),
        off=_answer_line(answer.off, text),
    )


def _answer_line(answer: Single, text: TypeText) -> AnswerLine:
    match answer:
        case Json(type):
            return AnswerLine("json", text(type))
        case Records(type):
            return AnswerLine("jsonl", text(type))
        case Events(events, ends):
            lines = tuple(EventLine(e.name, text(e.type), e.encoding) for e in events)
            return AnswerLine("sse", text(_events_type(events)), lines, ends)
        case Empty():
            return AnswerLine("empty", "void")
        case Text():
            return AnswerLine("text", "string")
        case File(media_type):
            return AnswerLine("file", "File", media_type=media_type)
        case _:
            assert_never(answer)


def _events_type(events: tuple[Event, ...]) -> Type:
    """That of the one kind there is, or an object with a key for each."""
    match events:
        case ():
            return Unknown()
        case (Event("message", type),):
            return type
        case _:
            return Object(tuple(Field(event.name, event.type) for event in events))


def _parameter_line(parameter: Parameter, text: TypeText) -> ParameterLine:
    return ParameterLine(
        parameter.name,
        parameter.wire_name,
        parameter.location,
        text(parameter.type),
        parameter.required,
    )


def _body_line(body: Body, text: TypeText) -> BodyLine:
    return BodyLine(body.name, text(body.type), body.required, body.encoding)


def _error_line(error: DeclaredError, text: TypeText) -> ErrorLine:
    if isinstance(error.body, HTTPValidationError):
        return ErrorLine(error.status, "HTTPValidationError")
    return ErrorLine(error.status, text(error.body))
