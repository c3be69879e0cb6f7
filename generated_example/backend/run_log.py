"""The log of a run: what it has yielded, in a channel of its own, and how it ended."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel

from .channel import Away, Channel, Closed, Event, Gap
from .channel_memory import BEGINNING
from .channel_store import store

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


class Yielded(BaseModel, Generic[T]):
    """An entry for each value of the run."""

    kind: Literal["yielded"] = "yielded"
    value: T


class Ending(BaseModel):
    """The last entry, after which the channel takes none: whoever writes it first has decided."""

    kind: Literal["ending"] = "ending"
    status: Status
    reason: str = ""


Entry = Event[Any] | Gap


class RunLog(Generic[T]):
    """Writes and reads the entries of one run, which yields values of the type `kind`."""

    def __init__(self, name: str, kind: Any, *, history: int, keep: int) -> None:
        self._channel = _channel_of(kind)(name, history=history, keep=keep)

    async def begin(self) -> None:
        await self._channel.publish(Begun())

    async def add(self, value: T) -> None:
        """Validated, so that a mistake fails the run and not its followers.

        Raises:
            Closed: another worker has ended the run.
        """
        await self._channel.publish(Yielded(value=value))

    async def end(self, ending: Ending) -> None:
        """Says how the run has ended, if nobody has, however long Redis is away."""
        while True:
            with contextlib.suppress(Away):
                with contextlib.suppress(Closed):
                    await self._channel.publish(ending, last=True)
                return

    async def has_ended(self) -> bool:
        return _ended(await self._channel.kept()) is not None

    async def prolong(self) -> None:
        await store().prolong(self._channel)

    async def is_empty(self) -> bool:
        return await self._channel.is_empty()

    async def follow(self, after: str | None) -> AsyncIterator[Snapshot[T] | Event[T] | Ended]:
        """What comes after an event, or a snapshot and what comes then; at last the end."""
        while True:
            entries = await self._channel.kept()
            missed = _since(entries, after)
            if missed is None:
                yield _snapshot(entries)
            for event in _yielded(missed or []):
                yield event
            if ended := _ended(entries):
                yield ended
                return
            async for entry in self._channel.follow(entries[-1].id if entries else BEGINNING):
                if isinstance(entry, Gap):  # this follower was overtaken, or Redis has forgotten
                    break
                for event in _yielded([entry]):
                    yield event
                if ended := _ended([entry]):
                    yield ended
                    return
            after = None


@cache
def _channel_of(kind: Any) -> Any:
    """The type of the channel: each kind of runs has one."""
    return Channel[Begun | Yielded[kind] | Ending]  # type: ignore[valid-type]


def _since(entries: list[Entry], after: str | None) -> list[Entry] | None:
    """What comes after an id; None when that, or some of it, is no longer there."""
    ids = [entry.id for entry in entries]
    missed = entries[ids.index(after) + 1 :] if after in ids else None
    return None if missed is None or any(isinstance(entry, Gap) for entry in missed) else missed


def _snapshot(entries: list[Entry]) -> Snapshot[Any]:
    values = [event.value for event in _yielded(entries)]
    begun = [isinstance(entry, Event) and isinstance(entry.value, Begun) for entry in entries[:1]]
    is_whole = any(begun) and not any(isinstance(entry, Gap) for entry in entries)
    return Snapshot(entries[-1].id if entries else BEGINNING, values, is_whole)


def _yielded(entries: list[Entry]) -> Iterator[Event[Any]]:
    for entry in entries:
        if isinstance(entry, Event) and isinstance(entry.value, Yielded):
            yield Event(entry.id, entry.value.value)


def _ended(entries: list[Entry]) -> Ended | None:
    match entries:
        case [*_, Event(id, Ending(status=status, reason=reason))]:
            return Ended(id=id, status=status, reason=reason)
    return None
