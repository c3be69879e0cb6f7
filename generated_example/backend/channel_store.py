"""Where channels keep their events: one store for all of this process, in memory or in Redis."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Protocol

from fastapi import HTTPException

from .channel_memory import Log, Memory, Missed, Place, Ring

ABSENCE = 30
"""Seconds that a Redis may be away before whoever asks is told so. Followers wait for it."""


class Away(HTTPException, ConnectionError):
    """Redis has not answered for `ABSENCE` seconds: an answer with 503, unless it is caught."""

    def __init__(self) -> None:
        super().__init__(503, f"Redis has not answered for {ABSENCE} seconds", {"Retry-After": "1"})


class NotShared(RuntimeError):
    """Several workers, of which each would have channels of its own, or no way to share them."""


class Store(Protocol):
    """Where the events of channels are kept."""

    async def append(self, channel: Log, text: str, *, is_last: bool) -> Place | None:
        """Adds an event; its place. None: there is a last one already."""

    async def ring(self, channel: Log) -> Ring:
        """The newest events, and those to come for as long as the ring is held."""

    async def read(self, channel: Log, place: Place) -> Missed:
        """What comes after a place that the ring no longer has."""

    async def is_empty(self, channel: Log) -> bool:
        """Whether nothing that was published is still there."""

    async def prolong(self, channel: Log) -> None:
        """Keeps the events that are there as if there was a new one."""

    async def claim(self, name: str, holder: str, *, seconds: float) -> str:
        """Takes a name for so long, if nobody has it; who has it now."""

    async def renew(self, name: str, *, seconds: float) -> bool:
        """Keeps a claim for so long; whether there still was one."""

    async def is_claimed(self, name: str) -> bool:
        """Whether somebody has the name."""

    async def close(self) -> None:
        """Lets go of connections."""


@asynccontextmanager
async def channels() -> AsyncIterator[None]:
    """For the lifespan of the application, and for scripts: closes what channels have opened."""
    store()  # an address that is none is told now, and not to the first who publishes
    loop = asyncio.get_running_loop()
    _loops().append(loop)
    try:
        yield
    finally:
        _loops().remove(loop)
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


def loop_of_channels() -> asyncio.AbstractEventLoop:
    """Where `channels()` was entered, for who calls from a thread.

    Raises:
        RuntimeError: nowhere, or the thread is one that must not wait.
    """
    if asyncio._get_running_loop() is not None:
        raise RuntimeError("This thread runs an event loop: await publish() there")
    if not _loops():
        raise RuntimeError("Channels are used from threads within `async with channels()`")
    return _loops()[-1]


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


@cache
def _loops() -> list[asyncio.AbstractEventLoop]:
    """Those that are within `channels()`."""
    return []
