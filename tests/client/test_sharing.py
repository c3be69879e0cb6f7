"""One client, or one stream, in several hands: threads, forks, tasks, processes."""

import asyncio
import os
import pickle
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from fluidkit_cli.client import (
    APIClient,
    ApiError,
    ClientError,
    ConnectionFailed,
    DataError,
    InvalidRequest,
    ServerError,
    Stream,
)

from .backend import Token
from .conformance import Body

PATIENCE = 20
LONG = b"retry: 60000\ndata: 1\n\n"


def test_many_threads_may_be_the_first_to_use_a_client(served: str) -> None:
    client = APIClient(served)

    @client.get("/native", streaming_response=True)
    def stream(*, result: Iterator[Token]) -> Iterator[Token]:
        return result

    with ThreadPoolExecutor(16) as pool:
        lengths = list(pool.map(lambda _: len(list(stream())), range(64)))
    assert lengths == [3] * 64
    client.close()


def test_many_event_loops_may_use_a_client_at_once(served: str) -> None:
    client = APIClient(served)

    @client.get("/native", streaming_response=True)
    async def stream(*, result: AsyncIterator[Token]) -> AsyncIterator[Token]:
        return result

    async def read() -> int:
        return len([token async for token in stream()])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: asyncio.run(read()), range(16))) == [3] * 16


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # of threads, since Python 3.12
def test_a_fork_has_connections_of_its_own(served: str) -> None:
    client = APIClient(served)

    @client.get("/json")
    def one(*, result: Token) -> Token:
        return result

    assert one().text == "one"
    mine = client._connections._client
    child = os.fork()
    if child == 0:
        is_right = one().text == "one" and client._connections._client is not mine
        os._exit(0 if is_right else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert one().text == "one"
    assert client._connections._client is mine
    client.close()


def breaking() -> APIClient:
    """A client whose server breaks off, and wishes for a minute until the next connection."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        headers = {"content-type": "text/event-stream"}
        return httpx2.Response(200, headers=headers, stream=Body([LONG], breaks=True))

    return APIClient("http://test", transport=httpx2.MockTransport(answer))


def test_closing_ends_the_wait_for_more_of_a_plain_loop(served: str) -> None:
    client = APIClient(served)

    @client.get("/silent", streaming_response=True)
    def silent(*, result: Iterator[Token]) -> Iterator[Token]:
        return result

    for _ in range(10):  # it may still be on its way to the wait
        opened, found = silent(), list[Token]()
        reads = threading.Event()
        reader = threading.Thread(target=_read_into, args=(found, opened, reads))
        reader.start()
        assert reads.wait(PATIENCE)
        opened.close()
        reader.join(PATIENCE)
        assert (len(found), reader.is_alive()) == (1, False)
    client.close()


def _read_into(found: list[Token], opened: Stream[Token], reads: threading.Event) -> None:
    for token in opened:
        found.append(token)
        reads.set()


def test_closing_ends_the_wait_between_two_connections_of_a_plain_loop() -> None:
    @breaking().get("/", streaming_response=True)
    def stream(*, result: Iterator[int]) -> Iterator[int]:
        return result

    opened, found = stream(), list[int]()
    has_begun = threading.Event()

    def read() -> None:
        for number in opened:
            found.append(number)
            has_begun.set()

    reader = threading.Thread(target=read)
    reader.start()
    assert has_begun.wait(PATIENCE)
    opened.close()
    reader.join(PATIENCE)
    assert (found, reader.is_alive()) == ([1], False)


def test_closing_ends_the_wait_between_two_connections_of_a_loop_that_awaits() -> None:
    @breaking().get("/", streaming_response=True)
    async def stream(*, result: AsyncIterator[int]) -> AsyncIterator[int]:
        return result

    async def scene() -> list[int]:
        opened, found = stream(), list[int]()
        has_begun = asyncio.Event()

        async def read() -> None:
            async for number in opened:
                found.append(number)
                has_begun.set()

        task = asyncio.create_task(read())
        await has_begun.wait()
        await asyncio.sleep(0)  # now it waits
        await opened.aclose()
        await task
        return found

    started = time.monotonic()
    assert asyncio.run(asyncio.wait_for(scene(), PATIENCE)) == [1]
    assert time.monotonic() - started < PATIENCE


@pytest.mark.parametrize(
    "error",
    [
        ApiError(404, body={"detail": "gone"}),
        ConnectionFailed("idle", line=3),
        DataError("decode", payload="x", line=2),
        ServerError({"message": "x"}),
        InvalidRequest("cannot be sent"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_go_from_process_to_process(error: ClientError) -> None:
    there = pickle.loads(pickle.dumps(error.placed("GET /", status=200, index=1)))
    assert type(there) is type(error)
    assert str(there) == str(error)
    assert vars(there) == vars(error)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_that_forgets_a_stream_leaves_it_to_its_parent(served: str) -> None:
    client = APIClient(served)

    @client.get("/forever", streaming_response=True)
    def forever(*, result: Iterator[Token]) -> Iterator[Token]:
        return result

    with forever() as stream:
        assert next(stream).text == "one"
        child = os.fork()
        if child == 0:
            stream.close()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        for _ in range(200):  # more than what has come already
            assert next(stream).text == "one"
    client.close()
