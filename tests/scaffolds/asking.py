"""A client of an ASGI application, in-process, that sees each message when it is sent."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Message, Receive, Scope, Send

START: Message = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/event-stream")],
}
END: Message = {"type": "http.response.body", "body": b"", "more_body": False}


def chunk(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": True}


def is_last(message: Message) -> bool:
    return message["type"] == "http.response.body" and not message.get("more_body", False)


@dataclass(slots=True)
class Answer:
    """What an app has sent to a client that stays, and how it returned."""

    messages: list[Message] = field(default_factory=list)
    error: BaseException | None = None

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)

    @property
    def has_ended(self) -> bool:
        return any(is_last(message) for message in self.messages)

    @property
    def events(self) -> list[tuple[str, Any]]:
        blocks = self.body.decode().replace(":\n", "").split("\n\n")
        return [parsed(block) for block in blocks if block]


def parsed(block: str) -> tuple[str, Any]:
    fields = dict(line.split(": ", 1) for line in block.splitlines())
    return fields.get("event", "message"), json.loads(fields["data"])


Headers = Iterable[tuple[bytes, bytes]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


async def ask(app: Application, path: str = "/", *, method: str = "GET") -> Answer:
    return await Asking(app, path, method).returned


class Asking:
    """One request, as uvicorn asks; `cancel()` is what it does at the end of its patience."""

    def __init__(
        self, app: Application, path: str = "/", method: str = "GET", *, headers: Headers = ()
    ) -> None:
        path, _, query = path.partition("?")
        self.answer = Answer()
        self._sent = asyncio.Condition()
        self._asked = False
        self._scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(b"host", b"test"), (b"accept-encoding", b"gzip"), *headers],
            "state": {},
        }
        self.returned = asyncio.create_task(self._run(app))
        self._call: asyncio.Task[None]

    async def until(self, holds: Callable[[Answer], bool]) -> Answer:
        async with self._sent, asyncio.timeout(5):
            await self._sent.wait_for(lambda: holds(self.answer))
        return self.answer

    def cancel(self) -> None:
        self._call.cancel()

    async def _run(self, app: Application) -> Answer:
        call: Coroutine[Any, Any, None] = app(self._scope, self._receive, self._send)  # type: ignore[assignment]
        self._call = asyncio.create_task(call)
        await asyncio.wait([self._call], timeout=10)
        assert self._call.done(), "it did not return"
        self.answer.error = (
            asyncio.CancelledError() if self._call.cancelled() else self._call.exception()
        )
        return self.answer

    async def _send(self, message: Message) -> None:
        async with self._sent:
            self.answer.messages.append(message)
            self._sent.notify_all()

    async def _receive(self) -> Message:
        if self._asked:
            await asyncio.sleep(3600)
        self._asked = True
        return {"type": "http.request", "body": b"", "more_body": False}
