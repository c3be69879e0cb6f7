"""Channels: what is published in one place arrives wherever the channel is followed.

    notifications = Channel[Notification]("notifications")

    await notifications.publish(Notification(...))          # anywhere

    async for event in notifications.follow(last_event_id): # in a route that streams
        match event:
            case Event():
                yield ServerSentEvent(event="notification", id=event.id, data=event.value)
            case Gap():
                yield ServerSentEvent(event="gap", id=event.id)
            case Start():
                yield ServerSentEvent(id=event.id)

A client that lost its connection sends the last id as `Last-Event-ID` and misses nothing. Events
live in this process's memory; with `REDIS_URL` they live in Redis Streams, which all workers share
and which outlive them (`channel_redis.py`).
"""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

from fastapi import HTTPException
from pydantic import TypeAdapter, ValidationError

from .channel_memory import BEGINNING, Entry, Memory, Missed, Place, Ring, place_of, text_of
from .channel_types import adapter_of
from .serving.failures import cut_off_after

T = TypeVar("T")

PATIENCE = 30
"""Seconds after which a reader that takes nothing is cut off. Clients then take it up again."""

ABSENCE = 30
"""Seconds that a Redis may be away before whoever asks is told so. Followers wait for it."""


@dataclass(frozen=True, slots=True)
class Event(Generic[T]):
    """Something that was published. Ids grow, and mean the same on every worker."""

    id: str
    value: T


@dataclass(frozen=True, slots=True)
class Gap:
    """Some events after the last one that was seen are no longer there, or cannot be read.

    The oldest that are left follow.
    """

    id: str


@dataclass(frozen=True, slots=True)
class Start:
    """Where a new follower begins. With this id, none is missed that comes before it reconnects."""

    id: str


class Away(HTTPException, ConnectionError):
    """Redis has not answered for `ABSENCE` seconds: an answer with 503, unless it is caught."""

    def __init__(self) -> None:
        super().__init__(503, f"Redis has not answered for {ABSENCE} seconds", {"Retry-After": "1"})


class NotShared(RuntimeError):
    """Several workers, of which each would have channels of its own, or no way to share them."""


class Channel(Generic[T]):
    """Events of one type; a union's members need a `Literal` field that tells them apart.

    Make it at import, or anew for each name: channels of one name are the same channel.

    Args:
        name: unique in the application.
        history: how many of the newest events can be replayed; in Redis some more.
        keep: seconds that they are kept after the last one.
    """

    def __init__(self, name: str, *, history: int = 1_000, keep: int = 86_400) -> None:
        self.name = name
        self.history = history
        self.keep = keep
        refuse_workers()

    async def publish(self, value: T) -> str:
        """Sends `value` to all followers; the id of the event.

        From a plain `def` route: `anyio.from_thread.run(channel.publish, value)`.

        Raises:
            Away: Redis did not take it in time.
        """
        adapter = adapter_of(self)
        text = adapter.dump_json(adapter.validate_python(value), round_trip=True, by_alias=False)
        async with in_time():
            return text_of(await store().append(self, text.decode()))

    def follow(self, after: str | None = None) -> AsyncIterator[Event[T] | Gap | Start]:
        """What is published from now on, or `after` the event of that id ("0-0": all there is)."""
        return self._follow(after)

    async def is_empty(self) -> bool:
        """Whether nothing that was published is still there."""
        async with in_time():
            return not (await store().read(self, place_of(BEGINNING))).entries

    async def kept(self) -> list[Event[T]]:
        """All events that are still there."""
        adapter, place, found = adapter_of(self), place_of(BEGINNING), list[Event[T]]()
        async with in_time():
            while (missed := await store().read(self, place)).entries:
                if missed.is_gap:  # what was found before is no longer there
                    found.clear()
                entries, place = missed.entries, missed.entries[-1].place
                found += [Event(text_of(entry.place), entry.value(adapter)) for entry in entries]
        return found

    async def _follow(self, after: str | None) -> AsyncIterator[Event[T] | Gap | Start]:
        cut_off_after(PATIENCE)
        adapter = adapter_of(self)
        ring = await store().ring(self)
        place = ring.last if after is None else place_of(after)
        if after is None:
            yield Start(text_of(place))
        is_known = ring.has(place)
        while True:
            if is_torn := ring.is_torn:
                ring = await store().ring(self)
                place, is_known = min(place, ring.floor), False
            entries = ring.after(place) if is_known else None
            if entries is None:
                missed = await store().read(self, place)
                entries, place, is_known = missed.entries, missed.place, True
                if is_torn or missed.is_gap:
                    yield Gap(text_of(place))
                if not entries:
                    place = max(place, ring.floor)
            for entry in entries:
                place = entry.place
                yield _told(entry, adapter)
            await ring.later_than(place)


class Store(Protocol):
    """Where the events of channels are kept."""

    async def append(self, channel: Channel[Any], text: str) -> Place:
        """Adds an event; its place."""

    async def ring(self, channel: Channel[Any]) -> Ring:
        """The newest events, and those to come for as long as the ring is held."""

    async def read(self, channel: Channel[Any], place: Place) -> Missed:
        """What comes after a place that the ring no longer has."""

    async def prolong(self, channel: Channel[Any]) -> None:
        """Keeps the events that are there as if there was a new one."""

    async def claim(self, name: str, seconds: float) -> bool:
        """Takes a name that nobody has, for so long; whether it was free."""

    async def renew(self, name: str, seconds: float) -> bool:
        """Keeps a claim for so long; whether there still was one."""

    async def is_claimed(self, name: str) -> bool:
        """Whether somebody has the name."""

    async def close(self) -> None:
        """Lets go of connections."""


@asynccontextmanager
async def channels() -> AsyncIterator[None]:
    """For the lifespan of the application: closes what channels have opened."""
    store()  # an address that is none is told now, and not to the first who publishes
    try:
        yield
    finally:
        await store().close()
        store.cache_clear()


@asynccontextmanager
async def in_time() -> AsyncIterator[None]:
    """Raises `Away` when that takes longer than `ABSENCE`."""
    try:
        async with asyncio.timeout(ABSENCE):
            yield
    except TimeoutError:
        raise Away from None


@cache
def store() -> Store:
    """Redis where `REDIS_URL` names one, else the memory of this process."""
    if url := os.environ.get("REDIS_URL"):
        try:
            from .channel_redis import Redis  # noqa: PLC0415 - who has no Redis need not install it
        except ModuleNotFoundError as error:
            raise NotShared("REDIS_URL is set, but redis is missing: uv add redis") from error
        return Redis(url)
    return Memory()


def refuse_workers() -> None:
    """Lets no application with channels in memory start in several processes.

    Raises:
        NotShared: it would.
    """
    if workers() > 1 and not os.environ.get("REDIS_URL"):
        raise NotShared(
            "Several workers need channels that they share: set REDIS_URL, or start one worker"
        )


def workers() -> int:
    """How many processes serve the application: as `fluidkit start` says, or uvicorn was told."""
    if told := os.environ.get("FLUIDKIT_WORKERS"):
        return int(told)
    command = re.search(r"\s(?:--workers[ =]|-w ?)(\d+)(?=\s|$)", " ".join(sys.argv))
    return int(command[1] if command else os.environ.get("WEB_CONCURRENCY", "1"))


def _told(entry: Entry, adapter: TypeAdapter[Any]) -> Event[Any] | Gap:
    try:
        return Event(text_of(entry.place), entry.value(adapter))
    except ValidationError:  # published before the type was changed
        return Gap(text_of(entry.place))
