"""Listeners to a channel, hundreds in one event loop, in a process of their own.

What they cost is little (some 10 us an event), and is not taken from the loop that publishes.
"""

import asyncio
import multiprocessing
import random
import re
import time
from array import array
from bisect import bisect_right
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing.connection import Connection
from typing import Any, cast

ID = re.compile(rb"^id: (\d+)-(\d+)$", re.MULTILINE)
SENT = re.compile(rb'"sent":([\d.]+)')

PATIENCE = 120.0
"""Seconds after which what has not come counts as missing."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many listeners, of which some lose their connections within these seconds."""

    port: int
    path: str
    size: int
    seconds: float
    disconnects: int
    seed: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What came, compared with what was published."""

    delivered: int = 0
    missing: int = 0
    twice: int = 0
    disordered: int = 0
    gaps: int = 0
    connections: int = 0
    refused: int = 0
    seconds: float = 0.0
    """Of the processor."""
    delays: "array[float]" = field(default_factory=lambda: array("d"), repr=False)


class Crowded:
    """A crowd in another process: made, begun, and at last told what was published."""

    def __init__(self, crowd: Crowd) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_listen, args=(crowd, theirs), daemon=True)
        self._process.start()

    async def receive(self) -> Any:
        return await asyncio.to_thread(self._pipe.recv)

    def begin(self) -> None:
        self._pipe.send(None)

    async def end(self, published: "array[int]") -> Heard:
        self._pipe.send(published)
        return cast(Heard, await self.receive())

    def kill(self) -> None:
        self._process.kill()
        self._process.join()


def place_of(id: str | re.Match[bytes]) -> int:
    """An id as one number that grows as ids do."""
    moment, number = id.split("-") if isinstance(id, str) else id.groups()
    return int(moment) << 20 | int(number)


def _listen(crowd: Crowd, pipe: Connection) -> None:
    with suppress(EOFError, BrokenPipeError):
        asyncio.run(_follow(crowd, pipe))


async def _follow(crowd: Crowd, pipe: Connection) -> None:
    chance = random.Random(crowd.seed)
    listeners = [Listener(crowd, random.Random(chance.random())) for _ in range(crowd.size)]
    for listener in listeners:
        await listener.connect()
    await _until(lambda: all(listener.start is not None for listener in listeners))
    pipe.send(None)
    await asyncio.to_thread(pipe.recv)
    processor = time.process_time()
    breaking = asyncio.create_task(_disconnect(crowd, listeners, chance))
    published = await asyncio.to_thread(pipe.recv)
    await breaking
    with suppress(TimeoutError):
        await _until(lambda: all(listener.last == published[-1] for listener in listeners))
    pipe.send(compare(listeners, published, time.process_time() - processor))


async def _until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not what():
            await asyncio.sleep(0.05)


async def _disconnect(crowd: Crowd, listeners: "list[Listener]", chance: random.Random) -> None:
    moments = sorted(chance.uniform(0, crowd.seconds) for _ in range(crowd.disconnects))
    begin = time.monotonic()
    for moment in moments:
        await asyncio.sleep(begin + moment - time.monotonic())
        chance.choice(listeners).disconnect()


class Listener(asyncio.Protocol):
    """Follows the channel as a browser does: a lost connection is taken up again."""

    def __init__(self, crowd: Crowd, chance: random.Random) -> None:
        self.start: int | None = None
        self.last = 0
        self.places = array("Q")
        self.delays = array("d")
        self.gaps = self.connections = self.refused = 0
        self._crowd = crowd
        self._chance = chance
        self._last_id = b""
        self._rest = b""
        self._transport: asyncio.Transport | None = None
        self._connecting: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: self, "127.0.0.1", self._crowd.port)
        except OSError:
            self.connection_lost(None)

    def disconnect(self) -> None:
        """Nobody has said goodbye."""
        if self._transport:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._rest = b""
        self.connections += 1
        again = b"Last-Event-ID: %s\r\n" % self._last_id if self._last_id else b""
        head = f"GET {self._crowd.path} HTTP/1.0\r\nHost: localhost\r\n".encode()
        self._transport.write(head + again + b"\r\n")

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._connecting = asyncio.create_task(self._connect_again())

    async def _connect_again(self) -> None:
        await asyncio.sleep(self._chance.uniform(0.05, 0.5))
        await self.connect()

    def data_received(self, data: bytes) -> None:
        now = time.time()
        *blocks, self._rest = (self._rest + data).replace(b"\r\n", b"\n").split(b"\n\n")
        for block in blocks:
            self._take(block, now)

    def _take(self, block: bytes, now: float) -> None:
        if block.startswith(b"HTTP/") and b" 200 " not in block[:20]:
            self.refused += 1
            self.disconnect()
        elif found := ID.search(block):
            self._last_id, place = found[0][4:], place_of(found)
            if sent := SENT.search(block):
                self.places.append(place)
                self.delays.append(now - float(sent[1]))
            elif b"event: gap" in block:
                self.gaps += 1
            elif self.start is None:
                self.start = place
            self.last = place


def compare(listeners: list[Listener], published: "array[int]", seconds: float) -> Heard:
    """What the listeners should have got, and what they got, for so many seconds of work."""
    missing = twice = disordered = 0
    delays = array("d")
    for listener in listeners:
        expected = set(published[bisect_right(published, listener.start or 0) :])
        places = listener.places
        missing += len(expected.difference(places))
        twice += len(places) - len(set(places))
        disordered += sum(later < earlier for earlier, later in pairwise(places))
        delays.extend(listener.delays)
    return Heard(
        delivered=len(delays),
        missing=missing,
        twice=twice,
        disordered=disordered,
        gaps=sum(listener.gaps for listener in listeners),
        connections=sum(listener.connections for listener in listeners),
        refused=sum(listener.refused for listener in listeners),
        seconds=seconds,
        delays=delays,
    )
