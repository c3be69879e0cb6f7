"""The log of a run: what it has yielded, in a channel of its own, and how it ended."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, JsonValue, TypeAdapter

from .channel import Channel, Event, Gap, store
from .channel_memory import BEGINNING

T = TypeVar("T")

Status = Literal["done", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[T]):
    """All that the run has yielded until now: for a follower who is new, or starts over.

    Not `is_whole` when the run has yielded more than is kept: then its first values are missing.
    """

    id: str
    values: list[T]
    is_whole: bool = True


class Ended(BaseModel):
    """Nothing more will come. In production the reason of a failure is an id, as in the log."""

    id: str
    status: Status
    reason: str


class Begun(BaseModel):
    """The first entry."""

    kind: Literal["begun"] = "begun"


class Yielded(BaseModel):
    """An entry for each value of the run."""

    kind: Literal["yielded"] = "yielded"
    value: JsonValue


class Ending(BaseModel):
    """The last entry: what may come after it does not count."""

    kind: Literal["ending"] = "ending"
    status: Status
    reason: str = ""


Entry = Begun | Yielded | Ending


class RunLog(Generic[T]):
    """Writes and reads the entries of one run."""

    def __init__(self, channel: Channel[Entry], adapter: TypeAdapter[T]) -> None:
        self._channel = channel
        self._adapter = adapter

    async def begin(self) -> None:
        await self._channel.publish(Begun())

    async def add(self, value: T) -> None:
        """Validated, so that a mistake fails the run and not its followers."""
        known = self._adapter.validate_python(value)
        plain = self._adapter.dump_python(known, mode="json", round_trip=True, by_alias=False)
        await self._channel.publish(Yielded(value=plain))

    async def end(self, ending: Ending) -> None:
        await self._channel.publish(ending)

    async def prolong(self) -> None:
        await store().prolong(self._channel)

    async def is_empty(self) -> bool:
        return await self._channel.is_empty()

    async def kept(self) -> tuple[list[Event[Entry]], Ended | None]:
        """All but the end, and how the run has ended, if it has."""
        entries = await self._channel.kept()
        for place, entry in enumerate(entries):
            if isinstance(entry.value, Ending):
                return entries[:place], _ended(entry.id, entry.value)
        return entries, None

    async def follow(self, after: str | None) -> AsyncIterator[Snapshot[T] | Event[T] | Ended]:
        """What comes after an event, or a snapshot and what comes then; at last the end."""
        entries, ended = await self.kept()
        ids = [entry.id for entry in entries]
        last = ids[-1] if ids else BEGINNING
        if after in ids:
            for missed in self._events(entries[ids.index(after) + 1 :]):
                yield missed
        elif ended is None or after != ended.id:
            is_whole = bool(entries) and isinstance(entries[0].value, Begun)
            yield Snapshot(last, [event.value for event in self._events(entries)], is_whole)
        if ended:
            yield ended
            return
        async for event in self._to_come(last):
            yield event

    async def _to_come(self, last: str) -> AsyncIterator[Snapshot[T] | Event[T] | Ended]:
        async for entry in self._channel.follow(last):
            match entry:
                case Gap():  # this follower was overtaken, or Redis has forgotten
                    async for again in self.follow(None):
                        yield again
                    return
                case Event(id, Ending() as ending):
                    yield _ended(id, ending)
                    return
                case Event():
                    for event in self._events([entry]):
                        yield event

    def _events(self, entries: list[Event[Entry]]) -> Iterator[Event[T]]:
        for entry in entries:
            if isinstance(entry.value, Yielded):
                plain = entry.value.value
                yield Event(
                    entry.id, self._adapter.validate_python(plain, by_name=True, by_alias=False)
                )


def _ended(id: str, ending: Ending) -> Ended:
    return Ended(id=id, status=ending.status, reason=ending.reason)
