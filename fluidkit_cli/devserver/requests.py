"""The outermost ASGI application of a worker: knows what is being answered, and logs it."""

import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from .hosts import RUN_HEADER, is_welcome, refuse

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PROBE_HEADER = b"x-fluidkit-probe"

_STREAMS = (b"text/event-stream", b"application/x-ndjson", b"application/jsonl")
_STREAM_SUFFIXES = (b"+jsonl", b"+ndjson", b"+json-seq", b"/json-seq")


@dataclass(slots=True)
class Request:
    """A request that is being answered.

    `length_known` is true until a response starts that has no length and is of no kind that ends;
    `stream` once it says that it is one: server-sent events or JSON lines.
    """

    scope: Scope
    began: float = field(default_factory=time.monotonic)
    status: int = 0
    chunks: int = 0
    length_known: bool = True
    stream: bool = False


class Requests:
    """Passes on to `app` what may ask here; `open` holds the requests that are being answered."""

    def __init__(self, app: Application, *, run_id: str, log: Callable[[str], None]) -> None:
        self._app = app
        self._run_id = run_id
        self._probe = (PROBE_HEADER, run_id.encode())
        self._log = log
        self.open: dict[int, Request] = {}
        self.draining = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif not is_welcome(scope["headers"], run_id=self._run_id):
            if scope["type"] == "http":
                self._log(f"{_name(scope)} 400 for a foreign host")
            await refuse(scope["type"], send)
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
            await self._app(scope, receive, send)

    async def _answer(self, request: Request, receive: Receive, send: Send) -> None:
        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._start(request, message)
            else:
                request.chunks += 1
            await send(message)

        self.open[id(request)] = request
        try:
            await self._app(request.scope, receive, watch)
        finally:
            del self.open[id(request)]
            self._log(_end_line(request))

    def _start(self, request: Request, message: Message) -> None:
        headers = [(name.lower(), value) for name, value in message.get("headers", ())]
        request.status = message["status"]
        request.stream = _is_stream(headers)
        request.length_known = not request.stream and _has_length(headers)
        if request.stream:
            self._log(f"{_name(request.scope)} {request.status} streaming")
        if self.draining:
            kept = [pair for pair in headers if pair[0] != b"connection"]
            message["headers"] = [*kept, (b"connection", b"close")]


def _is_stream(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    kind = dict(headers).get(b"content-type", b"").partition(b";")[0].strip().lower()
    return kind in _STREAMS or kind.endswith(_STREAM_SUFFIXES)


def _has_length(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Downloads and JSON count as such: they end, and what is cut of them is broken."""
    found = dict(headers)
    attachment = found.get(b"content-disposition", b"").lower().startswith(b"attachment")
    whole = found.get(b"content-type", b"").lower().startswith(b"application/json")
    return attachment or whole or b"content-length" in found


def _name(scope: Scope) -> str:
    """Method and address as they were sent: percent-encoded, so no control sequences get out."""
    path = scope.get("raw_path") or scope["path"].encode("ascii", "backslashreplace")
    query = b"?" + scope["query_string"] if scope["query_string"] else b""
    printable = (path + query).decode("ascii", "backslashreplace")
    return f"{scope['method']} {printable.encode('unicode_escape').decode()}"


def _end_line(request: Request) -> str:
    took = time.monotonic() - request.began
    duration = f"{took * 1000:.0f} ms" if took < 1 else f"{took:.1f} s"
    if request.stream:
        return f"{_name(request.scope)} ended after {duration}, {request.chunks} chunks"
    return f"{_name(request.scope)} {request.status or 'unanswered'} {duration}"
