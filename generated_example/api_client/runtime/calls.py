# Copied by fluidkit. Changes to this file are overwritten.
"""A request as a value: what goes into its address, its headers and its body."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError, to_jsonable_python

from .errors import DeclaredError, InvalidRequest
from .uploads import is_upload, part

Values = Mapping[str, Any]

NOTHING: Any = object()
"""The body of a call without one."""

_UNRESERVED = "!~*'()"
_PARAMETER = re.compile(r"\{(.+?)(:path|:\w+)?\}")
_NO_SEGMENT = re.compile(r"\.{0,2}|.*/.*", re.DOTALL)
_ANY: TypeAdapter[Any] = TypeAdapter(Any)
_SENT: Any = {"by_alias": True, "exclude_unset": True, "warnings": False}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a route, with values under their names on the wire. What is None is not sent.

    `error` is raised for what it declares.
    """

    method: str
    template: str
    path: Values = field(default_factory=dict[str, Any])
    query: Values = field(default_factory=dict[str, Any])
    headers: Values = field(default_factory=dict[str, Any])
    body: Any = NOTHING
    form: Values | None = None
    multipart: Values | None = None
    error: type[DeclaredError[Any, Any]] = DeclaredError

    @property
    def name(self) -> str:
        """How messages name the call; without its values, which may be private."""
        return f"{self.method} {self.template}"

    @property
    def address(self) -> str:
        """Path and query.

        Raises:
            InvalidRequest: a path parameter would change the route: it is empty, `.`, `..`, or has
                a slash where the route takes one segment; or a value is no text.
        """
        try:
            query = "&".join(
                f"{_quote(key)}={_quote(text)}" for key, text in pairs(self.query)
            )
            path = _PARAMETER.sub(self._segments, self.template)
        except UnicodeEncodeError:
            # without the error itself, which has the value
            why = "cannot be sent: a value has half of a surrogate pair"
            raise InvalidRequest(why).placed(self.name) from None
        return f"{path}?{query}" if query else path

    @property
    def content(self) -> dict[str, Any]:
        """How httpx2 is told the body.

        Raises:
            InvalidRequest: the body cannot be written as JSON.
        """
        if self.form is not None:
            return {"data": _lists(self.form)}
        if self.multipart is not None:
            return {
                "data": _lists(_texts(self.multipart)),
                "files": list(_files(self.multipart)),
            }
        if self.body is NOTHING:
            return {}
        return {"content": self._json(self.body)}

    @property
    def all_headers(self) -> dict[str, str]:
        headers = {key.lower(): text for key, text in pairs(self.headers)}
        if self.body is not NOTHING:
            headers.setdefault("content-type", "application/json")
        return headers

    def _json(self, body: Any) -> bytes:
        try:
            return _ANY.dump_json(body, **_SENT)
        except PydanticSerializationError as error:
            raise InvalidRequest(f"cannot be sent: {error}").placed(
                self.name
            ) from error

    def _segments(self, parameter: re.Match[str]) -> str:
        name, convertor = parameter[1], parameter[2]
        text = _text(self.path.get(name, ""))
        segments = text.split("/") if convertor == ":path" else [text]
        for segment in segments:
            if _NO_SEGMENT.fullmatch(segment):
                raise InvalidRequest(
                    f"cannot be sent: `{name}` is no segment of a path"
                ).placed(self.name)
        return "/".join(map(_quote, segments))


def with_flag(body: Any, name: str, value: bool) -> dict[str, Any]:
    """The body with a key that the caller gives beside it."""
    plain: dict[str, Any] = (
        {} if body is None else _ANY.dump_python(body, mode="json", **_SENT)
    )
    return {**plain, name: value}


def pairs(values: Values) -> Iterator[tuple[str, str]]:
    """Names and texts as FastAPI reads them: one pair for each item of a list, none for None."""
    for name, value in values.items():
        yield from ((name, _text(item)) for item in _listed(value) if item is not None)


def _text(value: Any) -> str:
    plain = to_jsonable_python(value, by_alias=True, fallback=str)
    match plain:
        case bool():
            return "true" if plain else "false"
        case str():
            return plain
        case dict() | list():
            return _ANY.dump_json(plain).decode()
        case _:
            return str(plain)


def _quote(text: str) -> str:
    return quote(text, safe=_UNRESERVED)


def _lists(values: Values) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, text in pairs(values):
        found.setdefault(name, []).append(text)
    return found


def _texts(values: Values) -> Values:
    return {
        name: [item for item in _items(value) if not is_upload(item)]
        for name, value in values.items()
    }


def _files(values: Values) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        yield from ((name, part(item)) for item in _items(value) if is_upload(item))


def _items(value: Any) -> Sequence[Any]:
    return [value] if is_upload(value) else _listed(value)


def _listed(value: Any) -> Sequence[Any]:
    is_list = isinstance(value, list | tuple | set | frozenset)
    return list(cast(Iterable[Any], value)) if is_list else [value]
