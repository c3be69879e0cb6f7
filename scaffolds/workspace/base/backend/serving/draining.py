"""Ends what is open when the process is told to end, so that clients go on elsewhere.

Events that a client has asked for by GET are broken off at once: it takes them up again, from
another process, after the last one that it has seen. All else gets `SHUTDOWN_TIMEOUT` seconds.
"""

import asyncio
import math
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn import Server

from .exchange import Exchanges

SETTLING = 0.1
"""Seconds in which the connections that were accepted last have their requests read."""

Handler = Callable[..., Any]

SIGNALS = (signal.SIGINT, signal.SIGTERM)

_CURRENT: ContextVar["Draining | None"] = ContextVar("draining", default=None)


def seconds_left() -> float:
    """For what the lifespan of the application ends: none unless a signal ends the process."""
    draining = _CURRENT.get()
    return draining.seconds_left if draining else 0.0


class Draining:
    """Begins with the signal that ends uvicorn, of which uvicorn itself hears a little later."""

    def __init__(self, exchanges: Exchanges, *, delay: float, timeout: float) -> None:
        self._exchanges = exchanges
        self._delay = delay
        self._timeout = timeout
        self._asked: list[Callable[[], None]] = []
        self._end = -math.inf

    @property
    def seconds_left(self) -> float:
        """Until all is broken off that is still open."""
        return max(0.0, self._end - time.monotonic())

    def around(self, app: ASGIApp) -> ASGIApp:
        """ASGI middleware that looks after the signals while the application lives."""

        def pass_on(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            if scope["type"] == "lifespan":
                return self._live(app, scope, receive, send)
            return app(scope, receive, send)

        return pass_on

    def begin(self, server: Server, end: Callable[[], None]) -> None:
        """Calls `end`, which stops the server, when connections have had time to move."""
        self._asked.append(end)
        if self._exchanges.are_ending:  # somebody is in a hurry
            self._stop()
            return
        self._exchanges.are_ending = True
        self._end = time.monotonic() + self._timeout
        for exchange in list(self._exchanges.open):
            if exchange.is_resumable:
                exchange.break_off()
        loop = asyncio.get_running_loop()
        loop.call_later(self._delay, _refuse_connections, server)
        loop.call_later(self._delay + SETTLING, self._stop)
        loop.call_later(self._timeout, self._break_off_all)

    async def _live(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        _CURRENT.set(self)
        with self._signals(asyncio.get_running_loop()) as attend:

            async def started(message: Message) -> None:
                if message["type"] == "lifespan.startup.complete":
                    attend()
                await send(message)

            await app(scope, receive, started)

    def _stop(self) -> None:
        while self._asked:
            self._asked.pop(0)()

    def _break_off_all(self) -> None:
        for exchange in list(self._exchanges.open):
            exchange.break_off()
            if exchange.task:
                exchange.task.cancel()

    @contextmanager
    def _signals(self, loop: asyncio.AbstractEventLoop) -> Iterator[Callable[[], None]]:
        """uvicorn's handlers, each with ours before it; other servers' stay as they are."""
        replaced: dict[signal.Signals, Any] = {}

        def attend() -> None:
            if threading.current_thread() is not threading.main_thread():
                return
            for number in SIGNALS:
                handler = signal.getsignal(number)
                server = getattr(handler, "__self__", None)
                if callable(handler) and isinstance(server, Server):
                    _bound(server, seconds=math.ceil(self._timeout) + 1)
                    replaced[number] = handler
                    signal.signal(number, partial(told, server, handler))
            if replaced:
                _end_with_the_parent()

        def told(server: Server, handler: Handler, *signalled: Any) -> None:
            loop.call_soon_threadsafe(self.begin, server, partial(handler, *signalled))

        yield attend
        for number, handler in replaced.items():
            signal.signal(number, handler)


def _refuse_connections(server: Server) -> None:
    """Where others listen on the socket, too, they get what comes now."""
    for each in server.servers:
        each.close()


def _bound(server: Server, *, seconds: int) -> None:
    """By itself uvicorn waits for ever, for what does not let itself be cancelled, too."""
    if server.config.timeout_graceful_shutdown is None:
        server.config.timeout_graceful_shutdown = seconds


def _end_with_the_parent() -> None:
    """uvicorn's workers outlive a parent that was killed, and hold the port for ever."""
    if parent := multiprocessing.parent_process():

        def watch() -> None:
            parent.join()
            os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=watch, name="parent", daemon=True).start()
