"""The routes of an application: what they take and what they answer."""

import typing
from dataclasses import dataclass

from .types import NamedType, Type

ParameterLocation = typing.Literal["path", "query", "header"]
ErrorStatus = int | typing.Literal["4XX", "5XX", "default"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value of the address or of a header.

    `name` is Python's, `wire_name` what is sent. `spans_segments` marks a path parameter that may
    hold slashes (`{name:path}`).
    """

    name: str
    wire_name: str
    location: ParameterLocation
    type: Type
    required: bool
    description: str = ""
    spans_segments: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """A request body, how it is sent, and the Python name it goes by.

    Of a form the type is an object of its fields; a file among them, which needs `multipart`, is a
    `Scalar("string", "binary")`.
    """

    name: str
    type: Type
    required: bool
    encoding: typing.Literal["json", "form", "multipart"] = "json"


@dataclass(frozen=True, slots=True)
class Json:
    """One JSON value."""

    type: Type


@dataclass(frozen=True, slots=True)
class Empty:
    """No body at all (204)."""


@dataclass(frozen=True, slots=True)
class Event:
    """A kind of server-sent event: its name (`message` unless given) and what `data` holds."""

    name: str
    type: Type
    encoding: typing.Literal["json", "text"] = "json"


@dataclass(frozen=True, slots=True)
class Events:
    """Server-sent events. No kinds: neither names nor values are known.

    `ends` are the texts, as `[DONE]`, that end the stream where one of them is an event's data.
    """

    events: tuple[Event, ...]
    ends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Records:
    """JSON lines, each line one item."""

    item: Type


@dataclass(frozen=True, slots=True)
class Text:
    """Text, as it comes. HTML where none is expected is somebody else's page, as a proxy's."""

    may_be_html: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """Bytes to save or show."""

    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class ByFlag:
    """Two kinds of answer, between which the caller chooses by a flag.

    `flag` is the name of a parameter, or of a key of the body where it is `in_body`, on the wire;
    `default` is what counts when it is not sent.
    """

    flag: str
    in_body: bool
    default: bool
    on: "Single"
    off: "Single"


Single = Json | Empty | Events | Records | Text | File
Answer = Single | ByFlag


@dataclass(frozen=True, slots=True)
class HTTPValidationError:
    """FastAPI's own body of a 422: the values that it refused, and why."""


@dataclass(frozen=True, slots=True)
class DeclaredError:
    """A status that a route may answer with instead, and the JSON then.

    A range stands for those of its statuses that the route does not declare by number, `default`
    for those that it declares neither by number nor by range. FastAPI's own 422 may stand beside
    any of them that covers 422.
    """

    status: ErrorStatus
    body: Type | HTTPValidationError


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path.

    `name` is the Python function's, `module` its import name (`backend.routes.chat`), `file` its
    source as a POSIX path relative to the folder the app was described in, `line` where the
    function starts.
    """

    name: str
    module: str
    method: str
    path: str
    answer: Answer
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    description: str = ""
    operation_id: str = ""
    file: str = ""
    line: int = 0
    deprecated: bool = False
    errors: tuple[DeclaredError, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What could not be described, where it stands, and the smallest change that helps."""

    message: str
    hint: str
    file: str
    line: int
    route: str = ""


@dataclass(frozen=True, slots=True)
class Api:
    """All that an application offers: `routes` in the app's order, `types` sorted by name."""

    routes: tuple[Route, ...] = ()
    types: tuple[NamedType, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
