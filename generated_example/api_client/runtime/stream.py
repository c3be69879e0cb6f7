# Copied by fluidkit. Changes to this file are overwritten.
"""Streams that are read by a plain loop."""

import contextlib
import socket
import threading
import weakref
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from types import GeneratorType, TracebackType
from typing import Any, Generic, Self, cast

import httpx2
from typing_extensions import TypeVar

from .calls import Call
from .connections import Connections
from .decoder import Decoder
from .errors import ClientError, ConnectionFailed
from .events import ServerSentEvent
from .exchange import FAILURES, broken_off, check_leavable
from .inflating import chunks_of
from .options import Content, StreamOptions
from .reading import SKIPPED, UNREADABLE, Reading

T = TypeVar("T")
E = TypeVar("E", default=ServerSentEvent[str, Any])


class Stream(Generic[T, E], Iterator[T]):
    """What comes of a request, item by item. Nothing is asked for until somebody wants the first.

    Leaving the loop closes the connection at once: by `break`, by an error, or by forgetting the
    stream. So do `close()` and the end of a `with` block. A stream is read once.
    """

    def __init__(
        self,
        connections: Connections,
        call: Call,
        content: Content,
        *,
        options: StreamOptions,
    ) -> None:
        self._connections = connections
        self._content = content
        self._reading = Reading(call, content, options)
        self._held = _Held()
        self._items: weakref.ref[GeneratorType[Any, None, None]] | None = None
        self._kept: Generator[Any, None, None] | None = None

    @property
    def last_event_id(self) -> str:
        """The id that a new connection would send; empty while there is none."""
        return self._reading.last_event_id

    def __iter__(self) -> Iterator[T]:
        return self._kept or self._begin()

    def __next__(self) -> T:
        if self._kept is None:
            self._kept = self._begin()
        return cast(T, next(self._kept))

    def events(self) -> Iterator[E]:
        """The events themselves, also where their data is not of its type.

        Lines and text are no events: those raise `DataError`.
        """
        items = self._begin()
        content = replace(self._content, kinds=("events",), as_events=True)
        self._reading.content = content
        return items

    def close(self) -> None:
        """Ends the stream, and its connection, at once.

        From another thread, too, but for one that still waits for the answer: that ends with it.
        """
        self._reading.close()
        self._held.closed.set()
        items = self._items() if self._items else None
        try:
            if items is not None:
                items.close()
        except ValueError:  # another thread is in it
            if self._held.response is not None:
                _cut(self._held.response)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _begin(self) -> Generator[Any, None, None]:
        if self._items is not None:
            raise TypeError("A stream can be read only once")
        items = _items(self._connections, self._reading, self._held)
        # weakly: it is to end with the loop that reads it
        self._items = weakref.ref(cast("GeneratorType[Any, None, None]", items))
        return items


@dataclass(slots=True)
class _Held:
    """The answer that is being read, and whether somebody wants no more."""

    response: httpx2.Response | None = None
    closed: threading.Event = field(default_factory=threading.Event)


def _items(  # noqa: C901 - the loops are one within the other, see below
    connections: Connections,
    reading: Reading,
    held: _Held,
) -> Generator[Any, None, None]:
    """All items, over as many connections as it takes.

    The loops are one within the other since a call an item would cost as much as reading it.
    """
    while not reading.is_over:
        try:
            with _opened(connections, reading, held) as (decoder, chunks):
                for chunk in chunks:
                    for batch in decoder.feed(chunk):
                        read = batch.read
                        for payload in batch.payloads:
                            try:
                                item = read(payload)
                            except UNREADABLE as error:
                                item = reading.mend(batch, payload, error)
                                if item is SKIPPED:
                                    continue
                            yield item
                    if decoder.is_done:
                        reading.stopped()
                        break
                else:
                    if (item := reading.last()) is not SKIPPED:
                        yield item
                    reading.ended()
        except ClientError as error:
            if reading.is_closed:
                return
            _pause(held, reading.failed(error))


@contextlib.contextmanager
def _opened(
    connections: Connections, reading: Reading, held: _Held
) -> Generator[tuple[Decoder, Iterable[bytes]], None, None]:
    response = connections.open(reading.call, reading.headers, reading.options)
    held.response = response
    try:
        check_leavable(response, reading.call)
        if reading.is_closed:
            raise ConnectionFailed("unreachable")
        yield (
            reading.opened(response.status_code, response.headers),
            chunks_of(response),
        )
    except FAILURES as error:
        raise broken_off(error, reading.call) from error
    finally:
        held.response = None
        response.close()


def _pause(held: _Held, seconds: float) -> None:
    held.closed.wait(seconds)


def _cut(response: httpx2.Response) -> None:
    """Ends a connection that another thread waits for: closing the socket would not wake it."""
    network = response.extensions.get("network_stream")
    connected = network.get_extra_info("socket") if network else None
    if connected is not None:
        with contextlib.suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)
