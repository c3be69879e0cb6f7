"""A job that takes its time: an export of many rows, of which nothing really happens."""

import asyncio
from collections.abc import AsyncIterator

from pydantic import BaseModel

PAUSE = 0.1
"""Seconds from one batch to the next."""

BATCH = 50


class Progress(BaseModel):
    done: int
    total: int


async def export(rows: int) -> AsyncIterator[Progress]:
    """How far it has come, with each batch."""
    for done in range(0, rows, BATCH):
        yield Progress(done=done, total=rows)
        await asyncio.sleep(PAUSE)
    yield Progress(done=rows, total=rows)
