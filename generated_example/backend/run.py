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
its stream does not end a run; the end of its worker does, and followers are told.
"""

import asyncio
import contextlib
import logging
import re
import secrets
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from .channel import Away, Channel, Event, in_time, refuse_workers, store
from .channel_memory import BEGINNING
from .channel_types import adapter_of
from .run_log import Ended, Ending, Entry, RunLog, Snapshot
from .serving.reports import reason_of

T = TypeVar("T")

LEASE = 6.0
"""Seconds after which a worker that has said nothing of its run may be dead."""

LOOK = 2.0
"""Seconds between two looks after that, by the worker and by followers."""

STUBBORN = 10.0
"""Seconds that work has to end once it is told so: it may catch that, but not for ever."""

SHUTDOWN = 2.0
"""Seconds that all runs of a worker have to end together with it."""

logger = logging.getLogger("uvicorn.error")


class UnknownRun(LookupError):
    """There is no such run, or it ended long ago."""


class Stop(BaseModel):
    """Asks the worker of a run to end it."""


class Runs(Generic[T]):
    """Runs of one kind, whose events are of one type. Make it at import.

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

    async def start(self, work: AsyncIterator[T]) -> str:
        """Begins to run `work`; the id of the run, which nobody can guess.

        Raises:
            Away: Redis does not answer.
        """
        id = secrets.token_urlsafe(16)
        async with in_time():
            await store().claim(self._lease(id), LEASE)
        await self._log(id).begin()
        task = asyncio.create_task(self._execute(id, work))
        _running().add(task)
        task.add_done_callback(_running().discard)
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
        watch = asyncio.create_task(self._watch(id))
        try:
            async for event in self._log(id).follow(after):
                yield event
        finally:
            watch.cancel()

    async def _watch(self, id: str) -> None:
        """Ends a run whose worker is dead, which follows from its silence."""
        silent = 0
        while silent < 2:  # a worker that had to wait, for Redis or a slow function, comes back
            await asyncio.sleep(LOOK)
            silent = 0 if await store().is_claimed(self._lease(id)) else silent + 1
        await self._end(id, Ending(status="failed", reason="Its worker has died"))

    async def _end(self, id: str, ending: Ending) -> None:
        """Says how the run has ended, if nobody has, however long Redis is away."""
        while True:
            with contextlib.suppress(Away):
                _, ended = await self._log(id).kept()
                if not ended:
                    await self._log(id).end(ending)
                return

    async def _execute(self, id: str, work: AsyncIterator[T]) -> None:
        """Runs the work in a task of its own, and says how that ended."""
        producer = asyncio.create_task(self._produce(id, work))
        guards = [asyncio.create_task(guard(id)) for guard in (self._renew, self._heed)]
        try:
            await asyncio.wait([producer, *guards], return_when=asyncio.FIRST_COMPLETED)
            await _cancel(producer)
            await self._end(id, _ending(producer, *guards))
        except asyncio.CancelledError:
            await _cancel(producer)
            await self._end(id, Ending(status="failed", reason="Its worker was shut down"))
        finally:
            for guard in guards:
                guard.cancel()

    async def _produce(self, id: str, work: AsyncIterator[T]) -> None:
        log, task = self._log(id), asyncio.current_task()
        try:
            async for value in work:
                if task and task.cancelling():  # the work has caught it
                    raise asyncio.CancelledError
                await log.add(value)
        finally:
            if isinstance(work, AsyncGenerator):
                await work.aclose()

    async def _renew(self, id: str) -> None:
        """Says that this worker lives, until others have taken it for dead."""
        while True:
            await asyncio.sleep(LOOK)
            with contextlib.suppress(Away):
                await self._log(id).prolong()
                if not await store().renew(self._lease(id), LEASE):
                    _, ended = await self._log(id).kept()
                    if ended:
                        return
                    await store().claim(self._lease(id), LEASE)

    async def _heed(self, id: str) -> None:
        """Waits for somebody to stop the run."""
        async for event in self._stops(id).follow(BEGINNING):
            if isinstance(event, Event):
                return

    def _log(self, id: str) -> RunLog[T]:
        name = f"runs:{self._name}:{id}"
        channel = Channel[Entry](name, history=self._history, keep=self._keep)
        return RunLog(channel, adapter_of(self))

    def _stops(self, id: str) -> Channel[Stop]:
        return Channel[Stop](f"runs:{self._name}:{id}:stop", keep=self._keep)

    def _lease(self, id: str) -> str:
        return f"runs:{self._name}:{id}:worker"


@asynccontextmanager
async def runs() -> AsyncIterator[None]:
    """For the lifespan of the application, within `channels()`: ends all that still runs here."""
    try:
        yield
    finally:
        tasks = list(_running())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=SHUTDOWN)


@cache
def _running() -> set[asyncio.Task[None]]:
    """The runs of this worker; asyncio itself holds no task."""
    return set()


async def _cancel(task: asyncio.Task[Any]) -> None:
    """Until it has ended, also where it catches what it is told, for a while."""
    try:
        async with asyncio.timeout(STUBBORN):
            while not task.done():
                task.cancel()
                await asyncio.wait([task], timeout=1)
    except TimeoutError:
        logger.warning("A run has not ended %s seconds after it was stopped", STUBBORN)


def _ending(producer: asyncio.Task[None], *guards: asyncio.Task[None]) -> Ending:
    for task in (producer, *guards):
        if task.done() and not task.cancelled() and (error := task.exception()):
            reason = reason_of(error)
            logger.error("A run has failed", exc_info=error)
            return Ending(status="failed", reason=reason)
    if not producer.done():
        return Ending(status="failed", reason="It does not stop")
    return Ending(status="stopped" if producer.cancelling() else "done")
