"""The work of a run, on the worker that has started it: until it ends, or is told to."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from .channel import Channel, Event
from .channel_memory import BEGINNING
from .run_lease import Lease
from .run_log import Ending, RunLog
from .serving.draining import seconds_left
from .serving.reports import reason_of

T = TypeVar("T")

STUBBORN = 10.0
"""Seconds that work has to end once it is told so: it may catch that, but not for ever."""

SHUTDOWN = 2.0
"""Seconds that all runs of a worker have to end once it is told to end, and they are."""

logger = logging.getLogger("uvicorn.error")


class Stop(BaseModel):
    """Asks the worker of a run to end it."""


class Broken(RuntimeError):
    """The work has raised what would end more than itself: the exit of the process, a cancel."""


class Work(Generic[T]):
    """Iterates `values` into a log, for as long as nobody else says that the run has ended."""

    def __init__(
        self, values: AsyncIterator[T], *, log: RunLog[T], lease: Lease, stops: Channel[Stop]
    ) -> None:
        self._values = values
        self._log = log
        self._lease = lease
        self._stops = stops
        self._shutdown = asyncio.Event()

    def start(self) -> None:
        """In a task of its own."""
        task = asyncio.create_task(self._execute())
        _running()[task] = self
        task.add_done_callback(_running().pop)

    def shut_down(self) -> None:
        """Ends the run, which fails."""
        self._shutdown.set()

    async def _execute(self) -> None:
        """Runs the work in a task of its own, and says how that ended."""
        producer = asyncio.create_task(self._produce())
        ends = (self._lease.hold(), self._heed(), self._shutdown.wait())
        guards = [asyncio.create_task(end) for end in ends]
        await asyncio.wait([producer, *guards], return_when=asyncio.FIRST_COMPLETED)
        if self._shutdown.is_set() and not producer.done():
            await _cancel(producer, seconds=SHUTDOWN / 2)
            ending = Ending(status="failed", reason="Its worker was shut down")
        else:
            await _cancel(producer, seconds=STUBBORN)
            ending = _ending(producer, *guards)
        for guard in guards:
            guard.cancel()
        await self._log.end(ending)

    async def _produce(self) -> None:
        task = asyncio.current_task()
        try:
            async for value in self._values:
                if task and task.cancelling():  # the work has caught it
                    raise asyncio.CancelledError
                await self._log.add(value)
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit) as error:
            if isinstance(error, asyncio.CancelledError) and task and task.cancelling():
                raise
            raise Broken(f"The work has raised {error!r}") from error
        finally:
            await close(self._values)

    async def _heed(self) -> None:
        """Waits for somebody to stop the run."""
        async for event in self._stops.follow(BEGINNING):
            if isinstance(event, Event):
                return


@asynccontextmanager
async def runs() -> AsyncIterator[None]:
    """For the lifespan of the application, within `channels()`: ends all that still runs here.

    Where a signal ends the process, runs have the rest of `SHUTDOWN_TIMEOUT` to come to their end.
    """
    try:
        yield
    finally:
        await _wait_for_all(seconds_left())
        for work in _running().values():
            work.shut_down()
        await _wait_for_all(SHUTDOWN)


async def close(values: AsyncIterator[Any]) -> None:
    """Also what was never begun."""
    if isinstance(values, AsyncGenerator):
        await values.aclose()


@cache
def _running() -> dict[asyncio.Task[None], Work[Any]]:
    """The runs of this worker; asyncio itself holds no task."""
    return {}


async def _wait_for_all(seconds: float) -> None:
    if tasks := list(_running()):
        await asyncio.wait(tasks, timeout=seconds)


async def _cancel(task: asyncio.Task[Any], *, seconds: float) -> None:
    """Until it has ended, also where it catches what it is told, for a while."""
    try:
        async with asyncio.timeout(seconds):
            while not task.done():
                task.cancel()
                await asyncio.wait([task], timeout=1)
    except TimeoutError:
        logger.warning("A run has not ended %s seconds after it was stopped", seconds)


def _ending(producer: asyncio.Task[None], *guards: asyncio.Task[Any]) -> Ending:
    for task in (producer, *guards):
        if task.done() and not task.cancelled() and (error := task.exception()):
            reason = reason_of(error)
            logger.error("A run has failed", exc_info=error)
            return Ending(status="failed", reason=reason)
    if not producer.done():
        return Ending(status="failed", reason="It does not stop")
    return Ending(status="stopped" if producer.cancelling() else "done")
