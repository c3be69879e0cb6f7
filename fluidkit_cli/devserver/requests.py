"""The outermost ASGI application of a worker: knows what is being answered, and logs it."""

import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from . import request_lines
from .counting import Chunks, Counter, counter_of
from .hosts import RUN_HEADER, Allows, refusal, refuse
from .request_lines import End, amount, duration, size

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_SWITCHED = 101
"""The status of an answer that makes a connection a WebSocket."""

_WITHOUT_BODY = (204, 205, 304)
"""These have none, and therefore no length."""

PROBE_HEADER = b"x-fluidkit-probe"


@dataclass(slots=True)
class Request:
    """A request that is being answered; `counter` tells how much was sent, in `sent` bytes.

    `length_known` is true until a response starts that has no length and is of no kind that ends;
    `stream` once it says that it is one: server-sent events or JSON lines.
    """

    scope: Scope
    began: float = field(default_factory=time.monotonic)
    status: int = 0
    counter: Counter = field(default_factory=Chunks)
    sent: int = 0
    length_known: bool = True
    stream: bool = False
    end: End | None = None

    def count(self, message: Message) -> None:
        """A part of the body was sent, perhaps the last one."""
        body = message.get("body", b"")
        self.counter.feed(body)
        self.sent += len(body)
        if not message.get("more_body", False):
            self.end = self.end or "whole"

    @property
    def is_open(self) -> bool:
        """Whether nobody knows when it will end."""
        return self.stream or not self.length_known

    @property
    def details(self) -> tuple[str, ...]:
        """How long it took, and how much was sent where that is not one piece."""
        took = duration(time.monotonic() - self.began)
        counted = amount(self.counter.count, self.counter.unit)
        if self.stream:
            return took, counted
        if self.is_open or self.counter.count > 1:
            return took, counted, size(self.sent)
        return (took,)


class Requests:
    """Passes on to `app` what may ask here; `open` holds the requests that are being answered.

    Pages of other origins may, if it `allows` them.
    """

    def __init__(
        self,
        app: Application,
        *,
        run_id: str,
        log: Callable[[str], None],
        allows: Allows = lambda origin: False,
    ) -> None:
        self._app = app
        self._run_id = run_id
        self._allows = allows
        self._probe = (PROBE_HEADER, run_id.encode())
        self._log = log
        self._cut = 0
        self.open: dict[int, Request] = {}
        self.draining = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif refused := refusal(scope["headers"], run_id=self._run_id, allows=self._allows):
            if scope["type"] == "http":
                self._log(request_lines.answered(scope, refused.status, refused.about))
            await refuse(refused, kind=scope["type"], send=send)
        elif self._probe in scope["headers"]:
            await send({"type": "http.response.start", "status": 204, "headers": [self._probe]})
            await send({"type": "http.response.body"})
        else:
            scope["headers"] = [pair for pair in scope["headers"] if pair[0] != RUN_HEADER]
            await self._pass_on(scope, receive, send)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answer(Request(scope), receive, send)
        else:
            await self._converse(Request(scope, counter=Chunks("message")), receive, send)

    async def _converse(self, request: Request, receive: Receive, send: Send) -> None:
        """A WebSocket; one that the app refuses is none."""

        async def watch(message: Message) -> None:
            match message["type"]:
                case "websocket.accept":
                    request.status, request.stream = _SWITCHED, True
                    self._log(request_lines.opened(request.scope, _SWITCHED, "message"))
                case "websocket.send":
                    request.counter.feed(b"sent")
                case "websocket.close":
                    request.end = request.end or "whole"
            await send(message)

        async def hear() -> Message:
            message = await receive()
            match message["type"]:
                case "websocket.receive":
                    request.counter.feed(b"received")
                case "websocket.disconnect":
                    request.end = request.end or "left"
            return message

        try:
            await self._app(request.scope, hear, watch)
        finally:
            if request.stream:
                self._log_end(request)

    async def _answer(self, request: Request, receive: Receive, send: Send) -> None:
        async def watch(message: Message) -> None:
            match message["type"]:
                case "http.response.start":
                    self._start(request, message)
                case "http.response.body":
                    request.count(message)
            await send(message)

        async def hear() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect":
                request.end = request.end or "left"
            return message

        self.open[id(request)] = request
        try:
            await self._app(request.scope, hear, watch)
        except Exception:
            request.end = request.end or "broke"
            raise
        finally:
            del self.open[id(request)]
            self._log_end(request)

    def _start(self, request: Request, message: Message) -> None:
        headers = [(name.lower(), value) for name, value in message.get("headers", ())]
        request.status = message["status"]
        request.counter = counter_of(dict(headers).get(b"content-type", b""))
        request.stream = not isinstance(request.counter, Chunks)
        empty = request.status in _WITHOUT_BODY or request.scope["method"] == "HEAD"
        request.length_known = not request.stream and (empty or _has_length(headers))
        if request.is_open:
            self._log(request_lines.opened(request.scope, request.status, request.counter.unit))
        if self.draining:
            kept = [pair for pair in headers if pair[0] != b"connection"]
            message["headers"] = [*kept, (b"connection", b"close")]

    def _log_end(self, request: Request) -> None:
        if not request.is_open:
            self._log(request_lines.answered(request.scope, request.status, *request.details))
            return
        end = request.end or "cut"
        if self.draining and end != "whole":
            end = "cut"
            self._cut += 1
        left = sum(other.is_open for other in self.open.values())
        if end == "cut" and (left or self._cut > 1):
            if not left:
                self._log(request_lines.cut(self._cut))
            return
        self._log(request_lines.closed(request.scope, end, *request.details))


def _has_length(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Downloads and JSON count as such: they end, and what is cut of them is broken."""
    found = dict(headers)
    attachment = found.get(b"content-disposition", b"").lower().startswith(b"attachment")
    whole = found.get(b"content-type", b"").lower().startswith(b"application/json")
    return attachment or whole or b"content-length" in found
