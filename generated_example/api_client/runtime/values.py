# Copied by fluidkit. Changes to this file are overwritten.
"""Reads what a server sends as a type: text as it is, everything else as validated JSON."""

import functools
import json
from collections.abc import Callable
from typing import Any, Generic, NoReturn, TypeVar

from pydantic import TypeAdapter, ValidationError

from .errors import DataError

T = TypeVar("T")

TEXT: Any = object()
"""Stands for the type of what is text, and no JSON."""

_BLANK = b" \t\r\n"
_N, _I = b"NI"


class Reader(Generic[T]):
    """Reads payloads, the data of an event or a line, as JSON that is a `T`, or by what `parse`
    makes of its text.

    `read` is the fast way: it raises `ValidationError` for what `mend` has to look at again.
    """

    __slots__ = ("_validator", "is_text", "read")

    read: Callable[[bytes], T]

    def __init__(self, type: Any, *, parse: Callable[[str], T] | None = None) -> None:
        self.is_text = parse is not None
        self._validator = TypeAdapter(type).validator
        # not the adapter's own method, which takes as long again as the validator
        self.read = self._validator.validate_json
        if parse is not None:
            self.read = lambda payload: parse(text_of(payload))

    def careful(self, payload: bytes) -> T:
        """As `read`, without the numbers that pydantic takes and JSON does not have.

        Raises:
            ValidationError: as `read`.
            DataError: there is such a number.
        """
        if not self.is_text and has_odd_number(payload):
            _parsed(text_of(payload))
        return self.read(payload)

    def mend(self, payload: bytes, error: Exception, *, lenient: bool) -> T:
        """What `careful` refused and is of the type all the same, as half of a surrogate pair.

        `lenient` replaces what is no UTF-8, as is done with events.

        Raises:
            DataError: it is not of the type.
        """
        text = text_of(payload) if lenient else decoded(payload)
        if not isinstance(error, ValidationError):
            raise error
        if error.errors(include_url=False)[0]["type"] == "json_invalid":
            value = _parsed(text)
            try:
                return self._validator.validate_python(value)  # type: ignore[no-any-return]
            except ValidationError as cause:
                error = cause
        raise DataError("invalid_value", payload=text, reason=_told(error)) from error

    def value(self, payload: bytes) -> T:
        """What the data of an event stands for.

        Raises:
            DataError: it is not of the type.
        """
        try:
            return self.careful(payload)
        except ValidationError as error:
            return self.mend(payload, error, lenient=True)


@functools.cache
def reader_of(type: Any) -> Reader[Any]:
    """Made once a type: it takes a thousand times as long as reading a value."""
    return text_reader() if type is TEXT else Reader(type)


def text_reader() -> Reader[str]:
    """Reads payloads as the text that they are."""
    reader = Reader[str](str, parse=str)
    reader.read = text_of
    return reader


def _told(error: ValidationError) -> str:
    """The first of what pydantic complains about, and where."""
    first = error.errors(include_url=False, include_context=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else first["msg"]


def is_blank(payload: bytes) -> bool:
    """Whether it is JSON's white space alone."""
    return not payload.strip(_BLANK)


def has_odd_number(payload: bytes) -> bool:
    """Whether it may have a number that pydantic takes and JSON does not have."""
    # to look for one byte takes a tenth of the time
    is_possible = _N in payload or _I in payload
    return is_possible and (b"NaN" in payload or b"Infinity" in payload)


def text_of(payload: bytes) -> str:
    return payload.decode("utf-8", "replace")


def json_or_text(text: str) -> Any:
    """What data stands for of which nothing is known."""
    try:
        return _parsed(text)
    except DataError:
        return text


def _parsed(text: str) -> Any:
    def refuse(name: str) -> NoReturn:
        raise ValueError(f"{name} is no JSON")

    try:
        return json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise DataError("invalid_json", payload=text) from error


def decoded(payload: bytes) -> str:
    """Raises DataError: it is no UTF-8."""
    try:
        return payload.decode()
    except UnicodeDecodeError as error:
        raise DataError("decode", payload=text_of(payload)) from error
