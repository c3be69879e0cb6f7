"""Runs: work that outlives the request that has started it, as the answer of a chat or a job.

    answers = Runs[Token | Usage]("answers")

    id = await answers.start(answer(request.message))     # an async generator of tokens and usage

    async for event in answers.follow(id, last_event_id): # on any worker, in any tab, at any time
        match event:
            case Snapshot():
                yield ServerSentEvent(event="snapshot", id=event.id, data=event.values)
            case Event():
                yield ServerSentEvent(event="token", id=event.id, data=event.value)
            case Ended():
                yield ServerSentEvent(event="ended", id=event.id, data=event)

    await answers.stop(id)                                # from any worker, too

What a run yields is kept in a channel of its own: in memory, or in Redis with `REDIS_URL`. Leaving
its stream does not end a run; the end of its worker does, and followers are told. Whose a run is
belongs into the name, as in `Runs[Token](f"answers:{user.id}")`: it is unknown under any other.
"""

import asyncio
import hashlib
import re
import secrets
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

from .channel import Channel, Event
from .channel_store import in_time, refuse_workers, store
from .channel_types import type_of
from .run_lease import Lease
from .run_log import Ended, RunLog, Snapshot
from .run_work import Stop, Work, close, runs

__all__ = ["Ended", "Runs", "Snapshot", "UnknownRun", "runs"]

T = TypeVar("T")


class UnknownRun(LookupError):
    """There is no such run, or it ended long ago."""


class Runs(Generic[T]):
    """Runs of one kind, whose events are of one type.

    Make it at import, or anew for each name: runs of one name are the same runs.

    Args:
        name: unique in the application.
        history: how many of a run's newest events are kept.
        keep: seconds that a run is known after its last event.
    """

    def __init__(self, name: str, *, history: int = 10_000, keep: int = 3_600) -> None:
        self._name = name
        self._history = history
        self._keep = keep
        refuse_workers()

    async def start(self, work: AsyncIterator[T], *, once: str | None = None) -> str:
        """Begins to run `work`; the id of the run, which nobody can guess.

        Args:
            once: a key of the request. Whoever sends it again, within `keep` seconds, gets the id
                of the run that it has started, and `work` is not begun.

        Raises:
            Away: Redis does not answer.
        """
        id = secrets.token_urlsafe(16)
        log, lease = self._log(id), self._lease(id)
        await lease.take()
        await log.begin()
        if once is not None:  # at last, so that the key never leads to a run that is none
            async with in_time():
                first = await store().claim(self._key(once), id, seconds=self._keep)
            if first != id:
                await close(work)
                return first
        Work(work, log=log, lease=lease, stops=self._stops(id)).start()
        return id

    async def is_known(self, id: str) -> bool:
        """Whether there is such a run, or was not long ago."""
        # other texts could lead to what else is kept under names that begin like ours
        return bool(re.fullmatch(r"[\w-]{22}", id, re.ASCII)) and not await self._log(id).is_empty()

    def follow(
        self, id: str, after: str | None = None
    ) -> AsyncIterator[Snapshot[T] | Event[T] | Ended]:
        """A snapshot and what comes then, or what comes `after` an event; at last how it ended.

        Raises:
            UnknownRun: as soon as it is iterated. To answer 404, ask `is_known` before.
        """
        return self._follow(id, after)

    async def stop(self, id: str) -> Ended:
        """Ends the run, on whichever worker it runs, and waits until it has ended.

        Raises:
            UnknownRun: there is no such run.
            Away: Redis does not answer.
        """
        if await self.is_known(id):
            await self._stops(id).publish(Stop())
        async for event in self._follow(id, None):
            if isinstance(event, Ended):
                return event
        raise UnknownRun(id)

    async def _follow(
        self, id: str, after: str | None
    ) -> AsyncIterator[Snapshot[T] | Event[T] | Ended]:
        if not await self.is_known(id):
            raise UnknownRun(id)
        watch = asyncio.create_task(self._lease(id).watch())
        try:
            async for event in self._log(id).follow(after):
                yield event
        finally:
            watch.cancel()

    def _log(self, id: str) -> RunLog[T]:
        name = f"runs:{self._name}:{id}"
        return RunLog(name, type_of(self), history=self._history, keep=self._keep)

    def _stops(self, id: str) -> Channel[Stop]:
        return Channel[Stop](f"runs:{self._name}:{id}:stop", keep=self._keep)

    def _lease(self, id: str) -> Lease:
        return Lease(f"runs:{self._name}:{id}:worker", self._log(id))

    def _key(self, once: str) -> str:
        return f"runs:{self._name}:once:{hashlib.sha256(once.encode()).hexdigest()}"
