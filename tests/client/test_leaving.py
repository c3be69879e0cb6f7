"""Whichever way a stream is left, its connection ends, and the server knows."""

import subprocess
import sys
from pathlib import Path

import pytest
import uvicorn

from .leaving import PLAIN_WAYS, WAYS, Leave, PlainLeave, leave_awaited, leave_plain

TIMES = 40
PATIENCE = 60
ROOT = Path(__file__).parents[2]

ENDS = """
import asyncio, signal, sys
from collections.abc import AsyncIterator, Iterator
from typing import Any
from fluidkit_cli.client import APIClient

client = APIClient(sys.argv[1])

@client.get("/forever", streaming_response=True)
async def awaited(*, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
    return result

@client.get("/forever", streaming_response=True)
def plain(*, result: Iterator[Any]) -> Iterator[Any]:
    return result

async def read(stop: Any = None) -> None:
    async for _ in awaited():
        if stop is not None:
            stop()

async def unread() -> None:
    awaited()
    await awaited()
    plain()

async def left_to_the_end() -> None:
    reads = asyncio.Event()
    asyncio.create_task(read(reads.set))
    await reads.wait()

async def cancelled_with_its_group() -> None:
    reads = asyncio.Event()
    async def group() -> None:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(3):
                tasks.create_task(read(reads.set))
    task = asyncio.create_task(group())
    await reads.wait()
    task.cancel()
    await asyncio.wait({task})

asyncio.run(unread())
asyncio.run(left_to_the_end())
asyncio.run(cancelled_with_its_group())
try:
    asyncio.run(read(lambda: signal.raise_signal(signal.SIGINT)))
except KeyboardInterrupt:
    print("interrupted")
held = plain()
next(held)
print("done")
"""


@pytest.mark.parametrize("leave", WAYS, ids=lambda leave: leave.__name__)
def test_none_is_left_on_the_server(server: uvicorn.Server, served: str, leave: Leave) -> None:
    leave_awaited(served, leave, times=TIMES, server=server)


@pytest.mark.parametrize("leave", PLAIN_WAYS, ids=lambda leave: leave.__name__)
def test_plain_loops_leave_none_either(
    server: uvicorn.Server, served: str, leave: PlainLeave
) -> None:
    leave_plain(served, leave, times=TIMES, server=server)


def test_no_end_of_a_program_leaves_a_warning(served: str) -> None:
    command = [sys.executable, "-W", "error", "-c", ENDS, served]
    run = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "interrupted\ndone\n", "")
