"""How others know that the worker of a run lives, and what becomes of the run when it does not."""

import asyncio
import contextlib
from typing import Any

from .channel import Away
from .channel_store import in_time, store
from .run_log import Ending, RunLog

LEASE = 6.0
"""Seconds after which a worker that has said nothing of its run may be dead."""

LOOK = 2.0
"""Seconds between two looks after that, by the worker and by followers."""


class Lease:
    """What the worker of a run holds, and says again and again that it does."""

    def __init__(self, name: str, log: RunLog[Any]) -> None:
        self._name = name
        self._log = log

    async def take(self) -> None:
        async with in_time():
            await store().claim(self._name, "", seconds=LEASE)

    async def hold(self) -> None:
        """Until others have taken this worker for dead, and ended the run."""
        while True:
            await asyncio.sleep(LOOK)
            with contextlib.suppress(Away):
                await self._log.prolong()
                if not await store().renew(self._name, seconds=LEASE):
                    if await self._log.has_ended():
                        return
                    await self.take()

    async def watch(self) -> None:
        """Ends a run whose worker is dead, which follows from its silence."""
        silent = 0
        while silent < 2:  # a worker that had to wait, for Redis or a slow function, comes back
            await asyncio.sleep(LOOK)
            silent = 0 if await store().is_claimed(self._name) else silent + 1
        await self._log.end(Ending(status="failed", reason="Its worker has died"))
