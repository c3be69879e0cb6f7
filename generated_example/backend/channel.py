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
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import HTTPException
from pydantic import TypeAdapter, ValidationError

from .channel_memory import BEGINNING, Entry, place_of, text_of
from .channel_store import (
    Away,
    NotShared,
    channels,
    in_time,
    loop_of_channels,
    refuse_workers,
    store,
)
from .channel_types import adapter_of
from .serving.failures import cut_off_after

__all__ = [
    "Away",
    "Channel",
    "Closed",
    "Event",
    "Gap",
    "NotShared",
    "Start",
    "TooLarge",
    "channels",
]

T = TypeVar("T")

PATIENCE = 30
"""Seconds after which a reader that takes nothing is cut off. Clients then take it up again."""

LARGEST = 262_144
"""Bytes of an event, as JSON: what is larger is kept elsewhere, and its id published."""


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


class TooLarge(HTTPException, ValueError):
    """An event of more than `LARGEST` bytes: an answer with 413, unless it is caught."""

    def __init__(self, size: int) -> None:
        super().__init__(413, f"An event of {size} bytes is larger than {LARGEST}")


class Closed(RuntimeError):
    """The last event of the channel was published before."""


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

    async def publish(self, value: T, *, last: bool = False) -> str:
        """Sends `value` to all followers; the id of the event. After the `last` one comes none.

        Raises:
            ValueError: it is not of the channel's type, or would not be once it was JSON.
            TooLarge: it has more than `LARGEST` bytes.
            Closed: there is a last event already.
            Away: Redis did not say in time that it took it. It may have.
        """
        text = _json(value, adapter_of(self))
        async with in_time():
            place = await store().append(self, text, is_last=last)
        if place is None:
            raise Closed(f"{self.name} has had its last event")
        return text_of(place)

    def publish_from_thread(self, value: T) -> str:
        """The same where nothing can be awaited: in a plain `def` route, in a library's callback.

        Raises:
            RuntimeError: it can, or there is no `channels()` around the application.
        """
        loop = loop_of_channels()
        return asyncio.run_coroutine_threadsafe(self.publish(value), loop).result()

    def follow(self, after: str | None = None) -> AsyncIterator[Event[T] | Gap | Start]:
        """What is published from now on, or `after` the event of that id ("0-0": all there is)."""
        return self._follow(after)

    async def is_empty(self) -> bool:
        """Whether nothing that was published is still there."""
        async with in_time():
            return await store().is_empty(self)

    async def kept(self) -> list[Event[T] | Gap]:
        """All events that are still there. A gap stands for one that cannot be read."""
        adapter, place, found = adapter_of(self), place_of(BEGINNING), list[Event[T] | Gap]()
        async with in_time():
            while (missed := await store().read(self, place)).entries:
                if missed.is_gap:  # what was found before is no longer there
                    found.clear()
                place = missed.entries[-1].place
                found += [_told(entry, adapter) for entry in missed.entries]
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


def _json(value: Any, adapter: TypeAdapter[Any]) -> str:
    """As it is kept. What could not be read back is the publisher's mistake, not a follower's."""
    text = adapter.dump_json(adapter.validate_python(value), round_trip=True, by_alias=False)
    if len(text) > LARGEST:
        raise TooLarge(len(text))
    adapter.validate_json(text, by_name=True, by_alias=False)
    return text.decode()


def _told(entry: Entry, adapter: TypeAdapter[Any]) -> Event[Any] | Gap:
    try:
        return Event(text_of(entry.place), entry.value(adapter))
    except ValidationError:  # published before the type was changed
        return Gap(text_of(entry.place))
