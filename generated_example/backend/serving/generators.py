"""Ends the generators of a stream that breaks off: their `finally` runs now, not some day.

One that waits to hand over a value when its client leaves is no longer iterated, but not closed
either. What anyio and Starlette leave of it is a cycle, which is freed with the next full garbage
collection: minutes later, in a quiet process.
"""

import asyncio
import logging
import sys
from collections.abc import AsyncGenerator, Callable
from contextvars import ContextVar
from types import AsyncGeneratorType, FrameType, GeneratorType
from typing import Any, TypeAlias, cast
from weakref import ref

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool

LOGGER = logging.getLogger(__name__)

Generator: TypeAlias = "AsyncGeneratorType[Any, Any] | GeneratorType[Any, Any, Any]"

_CURRENT: ContextVar["Generators | None"] = ContextVar("generators", default=None)


def watched() -> "Generators":
    """Those that are begun from now on in this task, and in those that it starts."""
    before = sys.get_asyncgen_hooks().firstiter
    if not isinstance(before, FirstIteration):  # each event loop has its own
        sys.set_asyncgen_hooks(firstiter=FirstIteration(before))
    generators = Generators()
    _CURRENT.set(generators)
    return generators


class Generators:
    """What a request has begun, with the task that did."""

    __slots__ = ("_begun",)

    def __init__(self) -> None:
        self._begun: dict[ref[Generator], asyncio.Task[Any]] = {}

    def add(self, generator: Generator) -> None:
        if task := asyncio.current_task():
            self._begun[ref(generator, self._forget)] = task

    async def close(self) -> None:
        """Closes those that nobody can iterate, since the tasks of the stream have ended.

        What runs on beside the request is left alone, and what was begun by the request itself.
        """
        for reference, task in reversed(list(self._begun.items())):
            if task.done() and (generator := reference()) is not None:
                await _close(generator)

    def _forget(self, reference: ref[Generator]) -> None:
        self._begun.pop(reference, None)


class FirstIteration:
    """The hook of Python for generators that begin, around that of the event loop."""

    __slots__ = ("_before",)

    def __init__(self, before: Callable[[AsyncGenerator[Any, Any]], Any] | None) -> None:
        self._before = before

    def __call__(self, begun: AsyncGenerator[Any, Any], /) -> None:
        if self._before:
            self._before(begun)
        if generators := _CURRENT.get():
            generator = cast("AsyncGeneratorType[Any, Any]", begun)
            generators.add(generator)
            if iterator := _iterated_in_threads(generator):
                generators.add(iterator)


def _iterated_in_threads(generator: "AsyncGeneratorType[Any, Any]") -> "Generator | None":
    """The synchronous one behind what Starlette makes of it."""
    if generator.ag_code is not iterate_in_threadpool.__code__:
        return None
    iterator = cast(FrameType, generator.ag_frame).f_locals.get("iterator")
    return iterator if isinstance(iterator, GeneratorType) else None


async def _close(generator: Generator) -> None:
    try:
        match generator:
            case AsyncGeneratorType(ag_running=False):
                await generator.aclose()
            case GeneratorType(gi_frame=frame) if frame is not None:
                await run_in_threadpool(generator.close)
    except Exception:
        LOGGER.exception("Raised when its stream was broken off")
