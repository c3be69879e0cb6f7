"""Whichever way a stream is left, its connection ends, and the server knows."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
import uvicorn

from fluidkit_cli.client import APIClient, AsyncStream, Stream

from .backend import Token

TIMES = 40
PATIENCE = 5

Leave = Callable[[Callable[[], AsyncStream[Token]]], Awaitable[None]]


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


@pytest.mark.parametrize("leave", WAYS, ids=lambda leave: leave.__name__)
def test_none_is_left_on_the_server(server: uvicorn.Server, served: str, leave: Leave) -> None:
    client = APIClient(served)

    @client.get("/forever", streaming_response=True)
    async def forever(*, result: AsyncIterator[Token]) -> AsyncIterator[Token]:
        return result

    async def leave_often() -> None:
        for _ in range(TIMES // 4):
            await asyncio.gather(*(leave(forever) for _ in range(4)))
        # while the connections of this loop are still there
        await asyncio.to_thread(wait_until_nobody_reads, server)

    asyncio.run(leave_often())


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


@pytest.mark.parametrize(
    "leave", [by_break_of_a_plain_loop, by_an_exception_in_a_plain_loop, by_the_end_of_with]
)
def test_plain_loops_leave_none_either(
    server: uvicorn.Server, served: str, leave: Callable[[Callable[[], Stream[Token]]], None]
) -> None:
    client = APIClient(served)

    @client.get("/forever", streaming_response=True)
    def forever(*, result: Iterator[Token]) -> Iterator[Token]:
        return result

    for _ in range(TIMES):
        leave(forever)
    wait_until_nobody_reads(server)
    client.close()


def wait_until_nobody_reads(server: uvicorn.Server) -> None:
    """By its connections: FastAPI itself leaves a few generators to the garbage collector."""
    until = time.monotonic() + PATIENCE
    while server.server_state.connections and time.monotonic() < until:
        time.sleep(0.01)
    assert not server.server_state.connections
