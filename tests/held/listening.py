"""Many listeners of `app.py`'s ticks in one process, and what they were told, and how late."""

import asyncio
import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

AT_ONCE = 100
"""Connections that are opened together."""


@dataclass(slots=True)
class Delays:
    """Seconds from an event's making to its arrival, of those that came in the measured time."""

    seconds: list[float] = field(default_factory=list)
    are_taken: bool = False

    def quantile(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


class Listener(asyncio.Protocol):
    """Reads one stream; `problem` says how it was not as it should be."""

    def __init__(self, path: str, delays: Delays) -> None:
        self.is_open = asyncio.get_running_loop().create_future()
        self.number = -1
        self.events = 0
        self.problem = ""
        self._path, self._delays = path, delays
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(
            asyncio.WriteTransport, transport
        )  # uvloop closes one that is let go
        self._transport.write(f"GET {self._path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        if not self.is_open.done():
            self.is_open.set_result(None)
            if b" 200 " not in data[:15]:
                self.problem = data.decode()
        *events, self._buffer = (self._buffer + data).split(b"\n\n")
        for event in events:
            self._take(event, now)

    def close(self) -> None:
        self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.problem = self.problem or f"closed: {exc!r}"

    def _take(self, event: bytes, now: float) -> None:
        """As the application writes it: its moment, then its number."""
        data, found, number = event.rpartition(b"data: ")[2].partition(b"\nid: ")
        if not found:
            return  # a ping, or the end of the head
        if self.number not in {-1, int(number) - 1}:
            self.problem = self.problem or f"event {number!r} after {self.number}"
        self.number = int(number)
        self.events += 1
        if self._delays.are_taken:
            self._delays.seconds.append(now - float(data))


@dataclass(frozen=True, slots=True)
class Listeners:
    """Those who listen, and the delays of what they hear."""

    all: Sequence[Listener]
    delays: Delays

    @property
    def problems(self) -> list[str]:
        return [listener.problem for listener in self.all if listener.problem]

    @property
    def events(self) -> int:
        return sum(listener.events for listener in self.all)

    def close(self) -> None:
        for listener in self.all:
            listener.close()

    async def hear(self, seconds: float) -> float:
        """Takes the delays of that time; the events a second."""
        self.delays.are_taken = True
        before, began = self.events, time.monotonic()
        await asyncio.sleep(seconds)
        self.delays.are_taken = False
        return (self.events - before) / (time.monotonic() - began)


async def listen(port: int, *, count: int, path: str = "/api/ticks") -> Listeners:
    """So many streams, all of which have been answered."""
    loop = asyncio.get_running_loop()
    delays, listeners = Delays(), list[Listener]()
    for start in range(0, count, AT_ONCE):
        batch = []
        for _ in range(min(AT_ONCE, count - start)):
            made = loop.create_connection(lambda: Listener(path, delays), "127.0.0.1", port)
            batch.append((await made)[1])
        await asyncio.wait_for(asyncio.gather(*(one.is_open for one in batch)), 60)
        listeners += batch
    return Listeners(listeners, delays)


@contextmanager
def open_files(count: int) -> Iterator[None]:
    """Lets this process, and those that it starts, open so many."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] not in {-1} and before[1] < count:
        raise SystemExit(f"{count} open files are needed, and {before[1]} are the most: ulimit -Hn")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], count), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
