"""Requests and their answers, WebSockets too, as they look from outside of all other middleware."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from time import perf_counter
from typing import Any, Literal

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .answers import connection_of
from .listeners import Listeners, User, is_stream, user_of

LOGGER = logging.getLogger(__name__)

Ending = Literal["", "whole", "left", "cut", "failed"]
"""Not yet; all was sent; the client left; the process ends; the app raised."""

FLUSH = 0.5
"""Seconds that a client has to take what was sent before its connection is closed."""


class Exchange:
    """One request and its answer."""

    __slots__ = (
        *("_exchanges", "_headers", "_is_over", "_send", "began", "ending", "scope", "size"),
        *("status", "task", "user"),
    )

    def __init__(self, scope: Scope, send: Send, exchanges: "Exchanges") -> None:
        self.scope = scope
        self.task = asyncio.current_task()
        self.user: User | None = None
        self.began = perf_counter()
        self.status = 0
        self.size = 0
        self.ending: Ending = ""
        self._headers: Iterable[tuple[bytes, bytes]] = ()
        self._is_over = False
        self._send = send
        self._exchanges = exchanges

    @property
    def is_resumable(self) -> bool:
        """Whether clients that lose the answer take it up again after the last event they saw."""
        media_type = dict(self._headers).get(b"content-type", b"")
        return self.scope.get("method") == "GET" and media_type.startswith(b"text/event-stream")

    @property
    def transport(self) -> Any:
        """The connection, see `connection_of`."""
        return connection_of(self._send)

    async def run(self, app: ASGIApp, receive: Receive) -> None:
        """Lets the app answer."""
        self._exchanges.open.add(self)
        try:
            await app(self.scope, receive, self.send)
            if self._is_over:
                await asyncio.sleep(0)  # for a cancellation that the app has not met
        except asyncio.CancelledError:
            if not self._is_over or self.task is None:
                self.end("cut")
                raise
            self.task.uncancel()
        except Exception:
            self.end("failed")
            if not self._is_over:
                raise
            LOGGER.debug("Raised when nobody listened any more", exc_info=True)
        finally:
            self._exchanges.open.discard(self)
            self._exchanges.listeners.let_go(self.user)
            self.end("left")
        if self.ending == "cut":
            await self._until_closed(receive)

    def send(self, message: Message) -> Awaitable[None]:
        """Passes a message of the app on, while there is somebody who hears it."""
        if self._is_over:
            return _nothing()
        match message["type"]:
            case "http.response.body" | "websocket.http.response.body":
                self.size += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return self._send_last(message)
            case "http.response.start":
                return self._start(message)
            case "websocket.send":
                self.size += len(message.get("text") or message.get("bytes") or b"")
            case "websocket.accept" | "websocket.http.response.start":
                self.status = message.get("status", 101)
            case "websocket.close":
                self.status = self.status or 403
                return self._send_last(message)
        return self._send(message)  # no coroutine of ours for each event of many streams

    def end(self, ending: Ending) -> None:
        """Only the first end counts."""
        if not self.ending:
            self.ending = ending
            self._exchanges.ended(self)

    def break_off(self) -> None:
        """Closes the connection without an end of the body: to a client, it is lost."""
        self._is_over = True
        transport = None if self.ending else self.transport  # it may have other requests since
        self.end("cut")
        if transport and not transport.is_closing():
            transport.close()
            asyncio.get_running_loop().call_later(FLUSH, transport.abort)

    def _start(self, message: Message) -> Awaitable[None]:
        self.status = message["status"]
        self._headers = message.get("headers", ())
        if is_stream(message):
            self.user = user_of(self.scope)
            if not self._exchanges.listeners.let_in(self.user):
                self.user = None
                return self._refuse()
        if self._exchanges.are_ending:
            return self._start_late(message)
        return self._send(message)

    async def _start_late(self, message: Message) -> None:
        headers = (each for each in self._headers if each[0] != b"connection")
        await self._send({**message, "headers": [*headers, (b"connection", b"close")]})
        if self.is_resumable:
            self.break_off()

    async def _send_last(self, message: Message) -> None:
        await self._send(message)
        self.end("whole")

    async def _refuse(self) -> None:
        """The app has begun its stream, and ends as if the client had gone."""
        self._is_over = True
        for message in self._exchanges.listeners.refusal():
            self.status = message.get("status", self.status)
            self.size += len(message.get("body", b""))
            await self._send(message)
        self.end("whole")
        if self.task:
            self.task.cancel()

    async def _until_closed(self, receive: Receive) -> None:
        """uvicorn takes it for an error to return before, without an end of the body."""
        if self.scope["type"] == "http" and (transport := self.transport):
            transport.abort()
            with contextlib.suppress(asyncio.CancelledError):
                while (await receive())["type"] != "http.disconnect":
                    pass


class Exchanges:
    """ASGI middleware that knows which requests are open, and whether the process ends."""

    def __init__(self, *, listeners: Listeners, ended: Callable[[Exchange], None]) -> None:
        self.open: set[Exchange] = set()
        self.are_ending = False
        self.listeners = listeners
        self.ended = ended

    def around(self, app: ASGIApp) -> ASGIApp:
        def pass_on(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            if scope["type"] == "lifespan":
                return app(scope, receive, send)
            return Exchange(scope, send, self).run(app, receive)

        return pass_on


async def _nothing() -> None:
    """What is sent to nobody."""
