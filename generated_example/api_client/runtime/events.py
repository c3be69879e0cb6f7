# Copied by fluidkit. Changes to this file are overwritten.
"""One server-sent event as readers get it."""

from collections.abc import Callable
from typing import Any, Generic

from typing_extensions import TypeVar

Name = TypeVar("Name", bound=str, default=str)
Value = TypeVar("Value", default=Any)


class ServerSentEvent(Generic[Name, Value]):
    """An event's name, the text of its data, and the id that a new connection would send.

    `value` is the data as the type that was asked for: it is read when it is first asked for, and
    raises `DataError` when the data is something else.
    """

    __slots__ = ("_payload", "_read", "_value", "data", "event", "id")

    def __init__(
        self,
        event: Name,
        payload: bytes,
        id: str = "",
        *,
        read: Callable[[bytes], Value],
    ) -> None:
        self.event: Name = event
        self.data: str = payload.decode("utf-8", "replace")
        self.id: str = id
        self._payload = payload
        self._read: Callable[[bytes], Value] | None = read

    @property
    def value(self) -> Value:
        if self._read is not None:
            self._value = self._read(self._payload)
            self._read = None
        return self._value

    def __repr__(self) -> str:
        return (
            f"ServerSentEvent(event={self.event!r}, data={self.data!r}, id={self.id!r})"
        )
