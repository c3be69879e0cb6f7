"""`backend/serving/protocol.py` of every workspace: connections that never ask for anything."""

import asyncio
import contextlib
import importlib
import re
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request, WebSocket
from websockets.asyncio.client import connect

from scaffolds.backends import backend_module

PATIENCE = 0.4
SMALL = b"POST /size HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nxx"


@pytest.fixture(params=["httptools", "h11"])
def protocol(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type[Any]:
    """What the launcher serves with, by either parser."""
    monkeypatch.setattr(backend_module("serving.protocol"), "HEADERS_TIMEOUT", PATIENCE)
    return strict(request.param)


def strict(parser: str) -> type[Any]:
    name = {"httptools": "HttpToolsProtocol", "h11": "H11Protocol"}[parser]
    base = getattr(importlib.import_module(f"uvicorn.protocols.http.{parser}_impl"), name)
    return type("Protocol", (backend_module("serving.protocol").Strict, base), {})


def application() -> FastAPI:
    app = FastAPI()

    @app.post("/size")
    async def size(request: Request) -> int:
        return len(await request.body())

    @app.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(2 * PATIENCE)
        return "done"

    @app.websocket("/echo")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(await socket.receive_text())

    return app


@asynccontextmanager
async def served(protocol: type[Any]) -> AsyncIterator[int]:
    """The port of a uvicorn in this process."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        application(), http=protocol, log_config=None, lifespan="off", timeout_keep_alive=20
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve([listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await task


class Connection:
    """To it, and what comes back."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def answer(self) -> bytes:
        """The next one, of one chunk."""
        async with asyncio.timeout(20):
            head = await self._reader.readuntil(b"\r\n\r\n")
            [length] = re.findall(rb"content-length: (\d+)", head)
            return await self._reader.readexactly(int(length))

    async def rest(self) -> bytes:
        """All that comes until it is closed."""
        async with asyncio.timeout(20):
            return await self._reader.read()

    async def seconds_until_closed(self) -> float:
        began = asyncio.get_running_loop().time()
        async with asyncio.timeout(20):
            with contextlib.suppress(ConnectionError):
                await self._reader.read()
        return asyncio.get_running_loop().time() - began


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Connection]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Connection(reader, writer)
    finally:
        writer.close()


Test = Callable[[int, Connection], Coroutine[Any, Any, None]]


def run(protocol: type[Any], test: Test) -> None:
    async def within() -> None:
        async with served(protocol) as port, connected(port) as connection:
            await test(port, connection)

    asyncio.run(within())


async def trickle(connection: Connection) -> None:
    """A byte of headers now and then."""
    with contextlib.suppress(ConnectionError):
        await connection.send(b"GET /slow HTTP/1.1\r\nx: ")
        while True:
            await connection.send(b"x")
            await asyncio.sleep(PATIENCE / 10)


@pytest.mark.parametrize("kept", [False, True], ids=["new", "kept"])
def test_headers_that_never_end_are_not_waited_for(protocol: type[Any], kept: bool) -> None:
    async def test(port: int, connection: Connection) -> None:
        if kept:
            await connection.send(SMALL)
            assert await connection.answer() == b"2"
        sending = asyncio.create_task(trickle(connection))
        assert await connection.seconds_until_closed() >= PATIENCE * 0.9
        sending.cancel()

    run(protocol, test)


def test_a_connection_on_which_nothing_comes_is_closed(protocol: type[Any]) -> None:
    async def test(port: int, connection: Connection) -> None:
        assert await connection.seconds_until_closed() >= PATIENCE * 0.9

    run(protocol, test)


def test_bodies_and_answers_may_take_longer(protocol: type[Any]) -> None:
    async def test(port: int, connection: Connection) -> None:
        await connection.send(b"POST /size HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n")
        for _ in range(10):
            await asyncio.sleep(PATIENCE / 5)
            await connection.send(b"x")
        assert await connection.answer() == b"10"
        await connection.send(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
        assert await connection.answer() == b'"done"'

    run(protocol, test)


def test_a_websocket_stays_open(protocol: type[Any]) -> None:
    async def test(port: int, connection: Connection) -> None:
        async with connect(f"ws://127.0.0.1:{port}/echo") as socket:
            await asyncio.sleep(PATIENCE * 1.5)
            await socket.send("still here")
            assert await socket.recv() == "still here"

    run(protocol, test)


HANDSHAKE = (
    b"GET /echo HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
    b"sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


@pytest.mark.parametrize(
    "header", [b"content-length: 4", b"cookie: " + b"c" * 9000], ids=["body", "large"]
)
def test_a_handshake_that_is_none_is_answered(protocol: type[Any], header: bytes) -> None:
    async def test(port: int, connection: Connection) -> None:
        await connection.send(HANDSHAKE + header + b"\r\n\r\nxxxx")
        assert b"handshake" in await connection.rest()

    run(protocol, test)


def test_a_websocket_does_not_begin_in_the_middle_of_an_answer(protocol: type[Any]) -> None:
    async def test(port: int, connection: Connection) -> None:
        await connection.send(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n" + HANDSHAKE + b"\r\n")
        with contextlib.suppress(asyncio.IncompleteReadError):
            assert await connection.answer() == b'"done"'

    run(protocol, test)


@pytest.mark.parametrize("kept", [False, True], ids=["new", "kept"])
def test_headers_without_an_end_take_no_memory(
    protocol: type[Any], monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    module = backend_module("serving.protocol")
    monkeypatch.setattr(module, "HEADERS_TIMEOUT", 60)
    monkeypatch.setattr(module, "REST_LIMIT", 1_000_000)

    async def test(port: int, connection: Connection) -> None:
        if kept:  # after a body that comes when it was answered, and that nobody has read
            await connection.send(b"POST /nowhere HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\n")
            assert b"Not Found" in await connection.answer()
            await connection.send(b"x")
        sent = 0
        with contextlib.suppress(ConnectionError):
            await connection.send(b"GET / HTTP/1.1\r\nx: ")
            while sent < 50_000_000:
                await connection.send(b"x" * 10_000)
                sent += 10_000
        assert sent < 50_000_000

    run(protocol, test)


def test_the_rest_of_a_body_that_was_answered_before_may_come(protocol: type[Any]) -> None:
    async def test(port: int, connection: Connection) -> None:
        size = b"content-length: 1000000"
        await connection.send(b"POST /nowhere HTTP/1.1\r\nhost: x\r\n" + size + b"\r\n\r\n")
        assert b"Not Found" in await connection.answer()
        for _ in range(100):
            await connection.send(b"x" * 10_000)
        await connection.send(SMALL)
        assert await connection.answer() == b"2"

    run(protocol, test)


@pytest.mark.parametrize(
    "head",
    [
        b"GET /echo HTTP/1.1\r\n",
        b"GET /echo HTTP/1.1\r\nhost: x\r\nHost: x\r\n",
        b"GET /echo HTTP/1.0\r\nhost: x\r\nHost: y\r\n",
        b"GET /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip, chunked\r\n",
    ],
    ids=["no host", "two", "two in 1.0", "coding"],
)
def test_what_others_may_take_for_another_request_is_refused(
    protocol: type[Any], head: bytes
) -> None:
    async def test(port: int, connection: Connection) -> None:
        await connection.send(head + b"\r\n")
        answer = await connection.rest()
        assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 "))
        assert answer.count(b"HTTP/1.1") == 1

    run(protocol, test)


@pytest.mark.parametrize("host", [b"a b", b"x@y", b"x/y", b"x:y", b"[::1", b"\xe9"])
def test_a_host_that_cannot_be_is_refused(host: bytes) -> None:
    async def test(port: int, connection: Connection) -> None:
        await connection.send(b"GET /echo HTTP/1.1\r\nhost: " + host + b"\r\n\r\n")
        assert (await connection.rest()).startswith(b"HTTP/1.1 400 ")

    run(strict("httptools"), test)


@pytest.mark.parametrize("host", [b"", b"x", b"x:80", b"[::1]:80", b"shop.example:", b"1_a-b~.x"])
def test_a_host_that_can_be_is_not(protocol: type[Any], host: bytes) -> None:
    async def test(port: int, connection: Connection) -> None:
        await connection.send(SMALL.replace(b"host: x", b"host: " + host))
        assert await connection.answer() == b"2"

    run(protocol, test)


def test_older_clients_need_not_name_one(protocol: type[Any]) -> None:
    async def test(port: int, connection: Connection) -> None:
        await connection.send(b"POST /size HTTP/1.0\r\ncontent-length: 2\r\n\r\nxx")
        assert await connection.answer() == b"2"

    run(protocol, test)
