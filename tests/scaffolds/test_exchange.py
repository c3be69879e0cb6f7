"""`backend/serving/exchange.py` of every workspace: how an answer has ended."""

import asyncio
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from scaffolds.asking import END, START, chunk
from scaffolds.backends import backend_module


@pytest.fixture(scope="module")
def exchange() -> ModuleType:
    return backend_module("serving.exchange")


class Connection:
    """A server's, as uvicorn has it: its own method is what the application sends by."""

    def __init__(self, *, has_left: bool = False) -> None:
        self.transport = self
        self.has_left = has_left
        self.sent: list[Message] = []

    def is_closing(self) -> bool:
        return self.has_left

    def close(self) -> None:
        self.has_left = True

    abort = close

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def receive(self) -> Message:
        return {"type": "http.disconnect"}


Act = Callable[[Send], Awaitable[None]]


def ending(
    exchange: ModuleType, act: Act, connection: Connection, *, opened: set[Any] | None = None
) -> str:
    """How the exchange of an application that does so has ended."""
    ended: list[Any] = []
    listeners = backend_module("serving.listeners").Listeners(50)
    exchanges = exchange.Exchanges(listeners=listeners, ended=ended.append)
    exchanges.open = exchanges.open if opened is None else opened

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await act(send)

    async def ask() -> None:
        scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
        await exchanges.around(app)(scope, connection.receive, connection.send)

    try:
        asyncio.run(ask())
    finally:
        assert not exchanges.open
    [found] = ended
    return str(found.ending)


async def whole(send: Send) -> None:
    await send(START)
    await send(chunk(b"data"))
    await send(END)


async def half(send: Send) -> None:
    await send(START)
    await send(chunk(b"data"))


async def wrong(send: Send) -> None:
    await half(send)
    raise ValueError("a mistake of the application")


def test_an_end_is_told_from_a_client_that_leaves(exchange: ModuleType) -> None:
    assert ending(exchange, whole, Connection()) == "whole"
    assert ending(exchange, half, Connection(has_left=True)) == "left"


@pytest.mark.parametrize("has_left", [False, True])
def test_a_failure_is_told_to_the_server(exchange: ModuleType, has_left: bool) -> None:
    with pytest.raises(ValueError, match="a mistake"):
        ending(exchange, wrong, Connection(has_left=has_left))


def test_what_is_broken_off_has_no_end_and_is_no_failure(exchange: ModuleType) -> None:
    connection = Connection()

    async def last(send: Send) -> None:
        await half(send)
        [exchanged] = opened  # as `Draining` finds it
        exchanged.break_off()
        await send(END)
        raise ValueError("as generators do that cannot be closed")

    opened: set[Any] = set()
    assert ending(exchange, last, connection, opened=opened) == "cut"
    assert END not in connection.sent
    assert connection.has_left
