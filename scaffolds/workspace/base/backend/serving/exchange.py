"""Requests and their answers, WebSockets too, as they look from outside of all other middleware."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any, Literal

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOGGER = logging.getLogger(__name__)

Ending = Literal["", "whole", "left", "cut", "failed"]
"""Not yet; all was sent; the client left; the process ends; the app raised."""

FLUSH = 0.5
"""Seconds that a client has to take what was sent before its connection is closed."""


class Exchange:
    """One request and its answer."""

    __slots__ = (
        "_exchanges",
        "_send",
        "began",
        "ending",
        "is_resumable",
        "scope",
        "size",
        "status",
    )

    def __init__(self, scope: Scope, send: Send, exchanges: "Exchanges") -> None:
        self.scope = scope
        self.began = perf_counter()
        self.status = 0
        self.size = 0
        self.is_resumable = False
        self.ending: Ending = ""
        self._send = send
        self._exchanges = exchanges

    @property
    def transport(self) -> Any:
        """The connection of uvicorn; other servers keep theirs to themselves."""
        return getattr(getattr(self._send, "__self__", None), "transport", None)

    def send(self, message: Message) -> Awaitable[None]:
        """Passes a message of the app on, while there is somebody who hears it."""
        if self.ending == "cut":
            return _nothing()
        match message["type"]:
            case "http.response.body":
                self.size += len(message.get("body", b""))
                # no coroutine of ours for each event of many streams
                more = message.get("more_body", False)
                return self._send(message) if more else self._send_last(message)
            case "http.response.start":
                return self._send_start(message)
            case "websocket.send":
                self.size += len(message.get("text") or message.get("bytes") or b"")
            case "websocket.accept":
                self.status = 101
            case "websocket.close":
                return self._close(message)
        return self._send(message)

    def end(self, ending: Ending) -> None:
        """Only the first end counts."""
        if not self.ending:
            self.ending = ending
            self._exchanges.ended(self)

    def break_off(self) -> None:
        """Closes the connection without an end of the body: to a client, it is lost."""
        self.end("cut")
        if (transport := self.transport) and not transport.is_closing():
            transport.close()
            asyncio.get_running_loop().call_later(FLUSH, transport.abort)

    async def _send_start(self, message: Message) -> None:
        self.status = message["status"]
        self.is_resumable = self.scope["method"] == "GET" and _is_resumable(message)
        await self._send(self._exchanges.start(message))
        if self._exchanges.are_ending and self.is_resumable:
            self.break_off()

    async def _close(self, message: Message) -> None:
        self.status = self.status or 403
        await self._send_last(message)

    async def _send_last(self, message: Message) -> None:
        await self._send(message)
        self.end("whole")


class Exchanges:
    """ASGI middleware that knows which requests are open."""

    def __init__(self, *, ended: Callable[[Exchange], None]) -> None:
        self.open: dict[Exchange, asyncio.Task[Any]] = {}
        self.are_ending = False
        self.ended = ended

    def around(self, app: ASGIApp) -> ASGIApp:
        def pass_on(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            if scope["type"] == "lifespan":
                return app(scope, receive, send)
            return self._pass_on(app, Exchange(scope, send, self), receive)

        return pass_on

    def start(self, message: Message) -> Message:
        """The beginning of an answer, as it is sent."""
        if not self.are_ending:
            return message
        headers = (each for each in message.get("headers", ()) if each[0] != b"connection")
        return {**message, "headers": [*headers, (b"connection", b"close")]}

    async def _pass_on(self, app: ASGIApp, exchange: Exchange, receive: Receive) -> None:
        task = asyncio.current_task()
        assert task
        self.open[exchange] = task
        try:
            await app(exchange.scope, receive, exchange.send)
        except asyncio.CancelledError:
            if exchange.ending != "cut":
                exchange.end("cut")
                raise
            task.uncancel()
        except Exception:
            exchange.end("failed")
            if exchange.ending != "cut":
                raise
            LOGGER.info("Raised after its connection was closed", exc_info=True)
        finally:
            del self.open[exchange]
            exchange.end("left")
        if exchange.ending == "cut" and exchange.scope["type"] == "http":
            await _until_closed(exchange.transport, receive)


def is_stream(start: Message) -> bool:
    """Whether a body follows that nobody says the length of, such as one without an end."""
    if start["status"] in {204, 304}:
        return False
    return all(name.lower() != b"content-length" for name, _ in start.get("headers", ()))


def _is_resumable(start: Message) -> bool:
    """Whether clients that lose this stream take it up again from the last event they have seen."""
    media_type = Headers(raw=list(start.get("headers", ()))).get("content-type", "")
    return media_type.lower().startswith("text/event-stream") and is_stream(start)


async def _nothing() -> None:
    """What is sent to nobody."""


async def _until_closed(transport: Any, receive: Receive) -> None:
    """uvicorn takes it for an error to return before, without an end of the body."""
    if transport:
        transport.abort()
        with contextlib.suppress(asyncio.CancelledError):
            while (await receive())["type"] != "http.disconnect":
                pass
