# Copied by fluidkit. Changes to this file are overwritten.
"""Streams that are read by an asynchronous loop."""

import asyncio
import contextlib
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from dataclasses import dataclass, field, replace
from types import AsyncGeneratorType, TracebackType
from typing import Any, Generic, Self, cast

import httpx2
from typing_extensions import TypeVar

from .async_connections import AsyncConnections, running_loop
from .calls import Call
from .decoder import Decoder
from .errors import ClientError, ConnectionFailed
from .events import ServerSentEvent
from .exchange import FAILURES, broken_off, check_leavable
from .inflating import achunks_of
from .options import Content, StreamOptions
from .reading import SKIPPED, UNREADABLE, Reading

T = TypeVar("T")
E = TypeVar("E", default=ServerSentEvent[str, Any])


class AsyncStream(Generic[T, E], AsyncIterator[T]):
    """What comes of a request, item by item. Nothing is asked for until somebody wants the first.

    Leaving the loop closes the connection at once: by `break`, by an error, or by forgetting the
    stream. So do `aclose()` and the end of an `async with` block. A stream is read once.
    """

    def __init__(
        self,
        connections: AsyncConnections,
        call: Call,
        content: Content,
        *,
        options: StreamOptions,
    ) -> None:
        self._connections = connections
        self._content = content
        self._reading = Reading(call, content, options)
        self._held = _Held()
        self._items: weakref.ref[AsyncGeneratorType[Any, None]] | None = None
        self._kept: AsyncGenerator[Any, None] | None = None

    @property
    def last_event_id(self) -> str:
        """The id that a new connection would send; empty while there is none."""
        return self._reading.last_event_id

    def __aiter__(self) -> AsyncIterator[T]:
        return self._kept or self._begin()

    async def __anext__(self) -> T:
        if self._kept is None:
            self._kept = self._begin()
        return cast(T, await anext(self._kept))

    def events(self) -> AsyncIterator[E]:
        """The events themselves, also where their data is not of its type.

        Lines and text are no events: those raise `DataError`.
        """
        items = self._begin()
        content = replace(self._content, kinds=("events",), as_events=True)
        self._reading.content = content
        return items

    async def aclose(self) -> None:
        """Ends the stream, and its connection, at once."""
        self._reading.close()
        self._held.closed.set()
        items = self._items() if self._items else None
        if items is not None and not items.ag_running:
            await items.aclose()
        elif self._held.response is not None:
            await self._held.response.aclose()
        elif self._held.opening is not None:
            self._held.opening.reschedule(asyncio.get_running_loop().time())

    def __await__(self) -> Generator[None, None, Self]:
        """The stream itself: `async for item in await stream` and without `await` are the same."""
        return self._itself().__await__()

    async def _itself(self) -> Self:
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def _begin(self) -> AsyncGenerator[Any, None]:
        if self._items is not None:
            raise TypeError("A stream can be read only once")
        items = _items(self._connections, self._reading, self._held)
        # weakly: it is to end with the loop that reads it
        self._items = weakref.ref(cast("AsyncGeneratorType[Any, None]", items))
        return items


@dataclass(slots=True)
class _Held:
    """The answer that is waited for or read, and whether somebody wants no more."""

    opening: asyncio.Timeout | None = None
    response: httpx2.Response | None = None
    closed: asyncio.Event = field(default_factory=asyncio.Event)


async def _items(  # noqa: C901 - the loops are one within the other, see below
    connections: AsyncConnections,
    reading: Reading,
    held: _Held,
) -> AsyncGenerator[Any, None]:
    """All items, over as many connections as it takes.

    The loops are one within the other since a call an item would cost as much as reading it.
    """
    while not reading.is_over:
        try:
            async with _Opened(connections, reading, held) as (decoder, chunks):
                async for chunk in chunks:
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
            await _pause(held, reading.failed(error))


class _Opened:
    """One connection: its decoder, and its chunks.

    No generator: a loop that shuts down closes those all at once, whichever is within the other.
    """

    __slots__ = ("_chunks", "_connections", "_held", "_reading")

    def __init__(
        self, connections: AsyncConnections, reading: Reading, held: _Held
    ) -> None:
        self._connections = connections
        self._reading = reading
        self._held = held

    async def __aenter__(self) -> tuple[Decoder, AsyncIterator[bytes]]:
        reading = self._reading
        response = self._held.response = await self._answer()
        try:
            check_leavable(response, reading.call)
            decoder = reading.opened(response.status_code, response.headers)
        except ClientError:
            await self._close()
            raise
        self._chunks = aiter(achunks_of(response))
        self._connections.keep(self._chunks)
        return decoder, self._chunks

    async def _answer(self) -> httpx2.Response:
        reading, held = self._reading, self._held
        running_loop()
        try:
            async with asyncio.timeout(None) as held.opening:
                return await self._connections.open(
                    reading.call, reading.headers, reading.options
                )
        except TimeoutError as error:
            raise ConnectionFailed("unreachable") from error
        finally:
            held.opening = None

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._close()
        self._connections.forget(self._chunks)
        if isinstance(error, FAILURES):
            raise broken_off(error, self._reading.call) from error

    async def _close(self) -> None:
        response, self._held.response = self._held.response, None
        if response is not None:
            await response.aclose()


async def _pause(held: _Held, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await held.closed.wait()
