# Copied by fluidkit. Changes to this file are overwritten.
"""What can go wrong with a request or a stream, as one small family of exceptions."""

import copyreg
import unicodedata
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")
Status = TypeVar("Status", bound=int)
Body = TypeVar("Body")

ConnectionFailure = Literal["unreachable", "transport", "idle", "ended"]
"""
- `unreachable`: no answer came, or one that leads to another origin;
- `transport`: the answer broke off before its end;
- `idle`: nothing came for as long as the idle time-out says;
- `ended`: the server ended a stream that was to go on (`reconnect="always"`).
"""

DataFailure = Literal[
    "content_type",
    "invalid_json",
    "invalid_value",
    "decode",
    "truncated",
    "line_too_long",
]
"""
- `content_type`: not the kind of answer that was asked for;
- `invalid_json`: a value that is not JSON;
- `invalid_value`: JSON that is not of the type that was asked for;
- `decode`: bytes that are not UTF-8;
- `truncated`: the body ended inside its last line;
- `line_too_long`: a line or an event beyond the limit.
"""

_FAILURES = {
    "unreachable": "got no answer",
    "transport": "broke off before its end",
    "idle": "fell silent for longer than its time-out",
    "ended": "was ended by the server",
}
_SENT = {
    "content_type": "answered with another type",
    "invalid_json": "sent no JSON",
    "invalid_value": "sent another value than its type has",
    "decode": "sent no UTF-8",
    "truncated": "ended inside its last line",
    "line_too_long": "sent a line too long",
}
_LONGEST = 200


class ClientError(Exception):
    """Whatever a request or a stream can fail with.

    `request` is the method and the path of the route, without any value; `index` the place
    in the stream, from 0, of the event or item that failed, or that would have come next;
    `payload` what the server sent there.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.request = ""
        self.index: int | None = None
        self.payload: str | None = None
        self._status: int | None = None

    @property
    def status(self) -> int | None:
        """Of the answer, where there was one."""
        return self._status

    def placed(
        self, request: str, *, status: int | None = None, index: int | None = None
    ) -> Self:
        """The error, which now says what it did not know before."""
        self.request = request
        self._status = status if self._status is None else self._status
        self.index = index if self.index is None else self.index
        return self

    def __str__(self) -> str:
        request = f"{self.request} " if self.request else ""
        place = f" (index {self.index})" if self.index is not None else ""
        return f"{request}{self.message}{place}"

    def __reduce__(self) -> tuple[Any, ...]:
        # an exception's own way calls `__init__` with its message alone
        return copyreg.__newobj__, (type(self), *self.args), vars(self)  # type: ignore[attr-defined]


class ApiError(ClientError):
    """The server answered with a status that is an error, or that no stream may have.

    `body` is the parsed JSON, else the text, if any; `headers` have lower-case names.
    """

    body: Any

    def __init__(
        self, status: int, *, body: Any, headers: Mapping[str, str] = {}
    ) -> None:
        detail = _detail(body)
        super().__init__(f"answered {status}" + (detail and f": {printable(detail)}"))
        self._answered = status
        self.body = body
        self.headers = dict(headers)

    @property
    def status(self) -> int:
        return self._answered

    def body_as(self, type: type[T]) -> T:
        """The body as a type that the route declares: a model of the client's.

        Raises:
            pydantic.ValidationError: it is something else, as what a proxy says.
        """
        return TypeAdapter(type).validate_python(self.body)


class DeclaredError(ApiError, Generic[Status, Body]):
    """What a route declares that it answers: status and body have their types.

    A class of its own, since type checkers would make `Any` of the status in `except ApiError` if
    that were the generic one.
    """

    declared: ClassVar[Mapping[int | str, Any]] = {}
    """The types of the bodies, by status, `4XX` or `default`."""

    body: Body

    @property
    def status(self) -> Status:
        return cast(Status, self._answered)

    @classmethod
    def type_of(cls, status: int) -> Any:
        """What is declared for the status; None if nothing is."""
        keys = (status, f"{status // 100}XX", "default")
        return next((cls.declared[key] for key in keys if key in cls.declared), None)


class ConnectionFailed(ClientError):
    """There is no connection, or no longer one. `line` says how far JSON lines had come."""

    def __init__(
        self, kind: ConnectionFailure, *, reason: str = "", line: int | None = None
    ) -> None:
        super().__init__(_FAILURES[kind] + (reason and f": {printable(reason)}"))
        self.kind = kind
        self.line = line


class ServerError(ClientError):
    """The server failed in the middle of a stream of events.

    The message says how while you develop; in production there is an `id` instead, by which the
    server's log has it.
    """

    def __init__(self, said: object) -> None:
        message, identity = _text_under(said, "message"), _text_under(said, "id")
        reason = message or (identity and f"error {identity}")
        super().__init__("failed on the server" + (reason and f": {printable(reason)}"))
        self.id = identity or None


class DataError(ClientError):
    """The server sent what cannot be read as what was asked for. `line` counts from 1."""

    def __init__(
        self,
        kind: DataFailure,
        *,
        payload: str,
        reason: str = "",
        line: int | None = None,
    ) -> None:
        place = f" in line {line}" if line else ""
        why = reason and f" ({printable(reason)})"
        super().__init__(f"{_SENT[kind]}{place}{why}: {printable(payload)}")
        self.kind: DataFailure = kind
        self.reason = reason
        self.line = line
        self.payload = payload


class InvalidRequest(ClientError):
    """The request cannot be made from what was given. Nothing was sent."""


def printable(text: str) -> str:
    """At most 200 characters, with those escaped that could steer a terminal."""
    shown = (
        f"\\u{{{ord(character):x}}}"
        if unicodedata.category(character)[0] == "C"
        else character
        for character in text[:_LONGEST]
    )
    return "".join(shown)[:_LONGEST]


def _detail(body: object) -> str:
    """What FastAPI says of an error: a text, or a list of values that were refused."""
    detail = _under(body, "detail")
    if not isinstance(detail, list):
        return detail if isinstance(detail, str) else ""
    refused = cast(list[object], detail)
    return "; ".join(filter(None, map(_refusal, refused)))


def _refusal(entry: object) -> str:
    place, message = _under(entry, "loc"), _under(entry, "msg")
    names = cast(list[object], place) if isinstance(place, list) else []
    return f"{'.'.join(map(str, names))}: {message}" if message else ""


def _text_under(said: object, key: str) -> str:
    value = _under(said, key)
    return value if isinstance(value, str) else ""


def _under(said: object, key: str) -> object:
    if isinstance(said, dict):
        return cast(dict[str, object], said).get(key)
    return getattr(said, key, None)
