"""The ways in which a stream can be left."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
import uvicorn

from fluidkit_cli.client import APIClient, AsyncStream, Stream

from .backend import Token

PATIENCE = 5

Leave = Callable[[Callable[[], AsyncStream[Token]]], Awaitable[None]]
PlainLeave = Callable[[Callable[[], Stream[Token]]], None]


async def by_break(stream: Callable[[], AsyncStream[Token]]) -> None:
    async for _ in stream():
        break


async def by_break_while_the_stream_is_held(stream: Callable[[], AsyncStream[Token]]) -> None:
    held = stream()
    async for _ in held:
        break
    assert held


async def by_an_exception(stream: Callable[[], AsyncStream[Token]]) -> None:
    with pytest.raises(ZeroDivisionError):
        async for token in stream():
            assert token.id / 0


async def by_cancelling(stream: Callable[[], AsyncStream[Token]]) -> None:
    reads = asyncio.Event()

    async def read() -> None:
        async for _ in stream():
            reads.set()

    task = asyncio.create_task(read())
    await reads.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def by_a_time_out(stream: Callable[[], AsyncStream[Token]]) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            async for _ in stream():
                pass


async def by_forgetting_it_in_a_cycle(stream: Callable[[], AsyncStream[Token]]) -> None:
    held: list[object] = [stream()]
    held.append(held)
    assert isinstance(held[0], AsyncStream)
    await anext(held[0])
    del held
    gc.collect()


async def by_the_end_of_async_with(stream: Callable[[], AsyncStream[Token]]) -> None:
    async with stream() as opened:
        await anext(opened)


async def by_aclose_from_elsewhere(stream: Callable[[], AsyncStream[Token]]) -> None:
    opened = stream()
    reads = asyncio.Event()

    async def read() -> None:
        async for _ in opened:
            reads.set()

    task = asyncio.create_task(read())
    await reads.wait()
    await opened.aclose()
    await task


WAYS: list[Leave] = [
    by_break,
    by_break_while_the_stream_is_held,
    by_an_exception,
    by_cancelling,
    by_a_time_out,
    by_forgetting_it_in_a_cycle,
    by_the_end_of_async_with,
    by_aclose_from_elsewhere,
]


def by_break_of_a_plain_loop(stream: Callable[[], Stream[Token]]) -> None:
    for _ in stream():
        break


def by_an_exception_in_a_plain_loop(stream: Callable[[], Stream[Token]]) -> None:
    with pytest.raises(ZeroDivisionError):
        for token in stream():
            assert token.id / 0


def by_the_end_of_with(stream: Callable[[], Stream[Token]]) -> None:
    with stream() as opened:
        next(opened)


PLAIN_WAYS: list[PlainLeave] = [
    by_break_of_a_plain_loop,
    by_an_exception_in_a_plain_loop,
    by_the_end_of_with,
]


def leave_awaited(served: str, leave: Leave, *, times: int, server: uvicorn.Server) -> None:
    """Four at a time. Waits until the server has nobody left."""
    client = APIClient(served)

    @client.get("/forever", streaming_response=True)
    async def forever(*, result: AsyncIterator[Token]) -> AsyncIterator[Token]:
        return result

    async def leave_often() -> None:
        for _ in range(times // 4):
            await asyncio.gather(*(leave(forever) for _ in range(4)))
        # while the connections of this loop are still there
        await asyncio.to_thread(wait_until_nobody_reads, server)

    asyncio.run(leave_often())


def leave_plain(served: str, leave: PlainLeave, *, times: int, server: uvicorn.Server) -> None:
    """As `leave_awaited`, one after the other."""
    client = APIClient(served)

    @client.get("/forever", streaming_response=True)
    def forever(*, result: Iterator[Token]) -> Iterator[Token]:
        return result

    for _ in range(times):
        leave(forever)
    wait_until_nobody_reads(server)
    client.close()


def wait_until_nobody_reads(server: uvicorn.Server) -> None:
    """By its connections: FastAPI itself leaves a few generators to the garbage collector."""
    until = time.monotonic() + PATIENCE
    while server.server_state.connections and time.monotonic() < until:
        time.sleep(0.01)
    assert not server.server_state.connections
