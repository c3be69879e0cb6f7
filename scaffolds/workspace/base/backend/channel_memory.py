"""What this process remembers of channels: their newest events, and who waits for the next."""

import asyncio
import re
import time
from collections import deque
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Protocol
from weakref import WeakValueDictionary

from pydantic import TypeAdapter

Place = tuple[int, int]
"""An id as Redis Streams have them: milliseconds since 1970, and a number within them."""

BEGINNING = "0-0"
"""Before all events."""

NOWHERE: Place = (0, 1)
"""Of an id that is none of ours: after it comes a gap."""

SWEEP_SECONDS = 60

FORGOTTEN = 10_000
"""Of how many channels it is known where they ended, once their events are gone."""


class Log(Protocol):
    """What a store has to know of a channel."""

    name: str
    history: int
    keep: int


class Entry:
    """An event, which is parsed once for all its followers."""

    __slots__ = ("_value", "is_last", "place", "text")

    def __init__(self, place: Place, text: str, *, is_last: bool = False) -> None:
        self.place = place
        self.text = text
        self.is_last = is_last

    def value(self, adapter: TypeAdapter[Any]) -> Any:
        if not hasattr(self, "_value"):
            self._value = adapter.validate_json(self.text, by_name=True, by_alias=False)
        return self._value


@dataclass(frozen=True, slots=True)
class Missed:
    """What was found after a place, and where to go on; `is_gap`: not all of it is left."""

    place: Place
    entries: list[Entry]
    is_gap: bool


class Ring:
    """The newest events of a channel.

    Each follower keeps its own place in it, so that a slow one costs nothing, and is overtaken.
    """

    def __init__(self, floor: Place, size: int) -> None:
        self.floor = floor  # what comes after it is here
        self.is_torn = False
        self._size = size
        self._is_whole = True
        self._entries: deque[Entry] = deque()
        self._waiting: set[asyncio.Future[None]] = set()

    @property
    def last(self) -> Place:
        """The place of the newest event, or before the first one."""
        return self._entries[-1].place if self._entries else self.floor

    @property
    def is_empty(self) -> bool:
        return not self._entries

    @property
    def is_closed(self) -> bool:
        """Whether its newest event is the last one that there will be."""
        return bool(self._entries) and self._entries[-1].is_last

    def append(self, entry: Entry) -> None:
        """Takes the next event; one that is here already is left out."""
        if entry.place <= self.last:
            return
        self._entries.append(entry)
        if len(self._entries) > self._size:
            self.floor = self._entries.popleft().place
            self._is_whole = False
        self._wake()

    def begin_after(self, place: Place) -> None:
        """Forgets all: who has not seen what was before has to look what is left of it."""
        self._entries.clear()
        self.floor = place

    def has(self, place: Place) -> bool:
        """Whether nothing after a place is missing here."""
        return self.floor <= place <= self.last

    def after(self, place: Place) -> list[Entry] | None:
        """The events after a place; None when the ring begins later."""
        if place < self.floor:
            return None
        newest_first = takewhile(lambda entry: entry.place > place, reversed(self._entries))
        return list(newest_first)[::-1]

    async def later_than(self, place: Place) -> None:
        """Waits until there is something after a place."""
        while self.last <= place and not self.is_torn:
            news = asyncio.get_running_loop().create_future()
            self._waiting.add(news)
            try:
                await news
            finally:
                self._waiting.discard(news)

    def whole(self, place: Place) -> Missed:
        """All that there is, for who was at a place that is not."""
        is_gap = text_of(place) != BEGINNING or not self._is_whole
        return Missed(self.floor, list(self._entries), is_gap)

    def tear(self) -> None:
        """Takes no more: every follower has to go on in another ring, and look what is missing."""
        self.is_torn = True
        self._wake()

    def _wake(self) -> None:
        for news in self._waiting:
            if not news.done():
                news.set_result(None)


class Memory:
    """Keeps channels for as long as the process lives: enough for one worker."""

    def __init__(self) -> None:
        self._last: Place = (_now(), 0)
        self._oldest = self._last  # an id before it is of a channel that nothing is known of
        self._forgotten: dict[str, Place] = {}
        self._rings: WeakValueDictionary[str, Ring] = WeakValueDictionary()
        self._kept: dict[str, tuple[float, Ring]] = {}
        self._claims: dict[str, tuple[float, str]] = {}
        self._swept = time.monotonic()

    async def append(self, channel: Log, text: str, *, is_last: bool) -> Place | None:
        ring = await self.ring(channel)
        if ring.is_closed:
            return None
        self._kept[channel.name] = (time.monotonic() + channel.keep, ring)
        self._forgotten.pop(channel.name, None)
        moment, number = self._last
        # a clock may be set back, ids may not
        self._last = max((_now(), 0), (moment, number + 1))
        ring.append(Entry(self._last, text, is_last=is_last))
        return self._last

    async def ring(self, channel: Log) -> Ring:
        self._sweep()
        ring = self._rings.get(channel.name)
        if ring is None:
            floor = self._forgotten.get(channel.name, self._oldest)
            ring = self._rings[channel.name] = Ring(floor, channel.history)
        return ring

    async def read(self, channel: Log, place: Place) -> Missed:
        ring = await self.ring(channel)
        if ring.has(place):
            return Missed(place, ring.after(place) or [], is_gap=False)
        return ring.whole(place)

    async def is_empty(self, channel: Log) -> bool:
        return (await self.ring(channel)).is_empty

    async def prolong(self, channel: Log) -> None:
        if kept := self._kept.get(channel.name):
            self._kept[channel.name] = (time.monotonic() + channel.keep, kept[1])

    async def claim(self, name: str, holder: str, *, seconds: float) -> str:
        if not await self.is_claimed(name):
            self._claims[name] = (time.monotonic() + seconds, holder)
        return self._claims[name][1]

    async def renew(self, name: str, *, seconds: float) -> bool:
        is_held = await self.is_claimed(name)
        if is_held:
            self._claims[name] = (time.monotonic() + seconds, self._claims[name][1])
        return is_held

    async def is_claimed(self, name: str) -> bool:
        self._sweep()
        return name in self._claims and self._claims[name][0] > time.monotonic()

    async def close(self) -> None:
        """There is nothing to let go of."""

    def _sweep(self) -> None:
        """Lets go what was kept for long enough; who follows it still has it."""
        now = time.monotonic()
        if now < self._swept + SWEEP_SECONDS:
            return
        self._swept = now
        for name, (end, ring) in list(self._kept.items()):
            if end < now:
                del self._kept[name]
                self._forgotten[name] = ring.last
        while len(self._forgotten) > FORGOTTEN:
            oldest = self._forgotten.pop(next(iter(self._forgotten)))
            self._oldest = max(self._oldest, oldest)
        self._claims = {name: claim for name, claim in self._claims.items() if claim[0] > now}


def text_of(place: Place) -> str:
    """The id of an event."""
    return f"{place[0]}-{place[1]}"


def _now() -> int:
    return time.time_ns() // 1_000_000


def place_of(id: str) -> Place:
    """The place of the event of this id, which clients may have made up."""
    found = re.fullmatch(r"([0-9]{1,15})-([0-9]{1,15})", id)
    return (int(found[1]), int(found[2])) if found else NOWHERE
