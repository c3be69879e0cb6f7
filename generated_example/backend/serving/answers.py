"""One answer on its way to a client: what it is sent, how it ends, and whether anybody takes it."""

import asyncio
import contextlib
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from anyio import BrokenResourceError
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Message, Send

from .reports import event_of

PATIENCE = 0.1
"""Seconds that the end of a stream waits for the app to return: background tasks may take long."""

Kind = Literal["whole", "stream", "events"]


def _current_task() -> "asyncio.Task[Any]":
    task = asyncio.current_task()
    assert task
    return task


@dataclass(slots=True, eq=False)
class Answer:
    """What the client is sent: at once, but for the end of a stream, which waits for the app.

    FastAPI ends the body when a generator has raised, and raises only then; so does middleware.
    """

    _send: Send
    _outer: "Answer | None"
    connection: Any
    patience: float | None = None
    is_cut_off: bool = False
    _kind: Kind = "whole"
    _request: asyncio.Task[Any] = field(default_factory=_current_task)
    _cancellations: int = 0
    _late: asyncio.TimerHandle | None = None
    _ending: asyncio.Task[None] | None = None
    _is_broken: bool = False
    _is_told: bool = False
    _sender: asyncio.Task[Any] | None = None
    _since: float = 0
    _watch: asyncio.TimerHandle | None = None

    def send(self, message: Message) -> Awaitable[None]:
        """Passes a message of the app on."""
        if message["type"] == "http.response.start":
            self._kind = _kind_of(message)
            self._cancellations = self._request.cancelling()
        elif self._kind != "whole" and not message.get("more_body", False):
            return self._end(message)
        elif self._is_gone:
            return self._send_to_nobody(message)
        # no coroutine of ours for each event of many streams
        return self._send(message) if self.patience is None else self._send_in_time(message)

    @property
    def has_ended(self) -> bool:
        """Whether there is nothing that could break off."""
        return bool(self._kind == "whole" or self._late or self._ending)

    def was_left(self, error: BaseException) -> bool:
        """FastAPI fails when a client goes that has not taken everything: no fault of anybody."""
        if self.is_cut_off:
            return isinstance(error, Exception)
        return _comes_of_leaving(error) and self._is_gone

    async def finish(self) -> None:
        """The app has returned."""
        if self._ending:
            await self._ending
        elif self._late:
            self._late.cancel()
            await self._send_end()
        elif self._kind != "whole":
            self._break()  # as sse_starlette does at a shutdown

    async def break_off(self, error: BaseException) -> None:
        """The app has raised: the server closes the connection, as the body has no end."""
        if self._kind == "whole" or self._ending:
            return
        if self._late:
            self._late.cancel()
        is_failure = isinstance(error, Exception) and not isinstance(error, ClientDisconnect)
        if is_failure and self._kind == "events" and not self._is_told:
            await self._pass_on(event_of(error), more_body=True)
            self._is_told = True
        self._break()

    def forget(self) -> None:
        """The request is over."""
        if self._watch:
            self._watch.cancel()

    async def _end(self, message: Message) -> None:
        if message.get("body"):
            await self._send({**message, "more_body": True})
        # a generator may swallow its cancellation, and FastAPI cancels when one has raised
        is_cut = self._request.cancelling() > self._cancellations
        if not is_cut and not self._is_broken:
            self._late = asyncio.get_running_loop().call_later(PATIENCE, self._end_late)

    def _end_late(self) -> None:
        self._ending = asyncio.create_task(self._send_end())

    async def _send_end(self) -> None:
        await self._pass_on(b"", more_body=False)

    async def _pass_on(self, body: bytes, *, more_body: bool) -> None:
        with contextlib.suppress(OSError):  # the client may have gone
            await self._send({"type": "http.response.body", "body": body, "more_body": more_body})

    async def _send_to_nobody(self, message: Message) -> None:
        """Lets the app be cancelled: one that waits for nothing would hold up all for ever."""
        await asyncio.sleep(0)
        await self._send(message)

    async def _send_in_time(self, message: Message) -> None:
        """One timer watches over many messages: one for each would cost more than to send it."""
        loop = asyncio.get_running_loop()
        task = self._sender = _current_task()
        self._since = loop.time()
        self._watch = self._watch or loop.call_later(cast(float, self.patience), self._look)
        try:
            await self._send(message)
        except asyncio.CancelledError:
            if self._sender is task:
                raise
            task.uncancel()
            raise ClientDisconnect from None
        finally:
            self._sender = None

    def _look(self) -> None:
        self._watch = None
        if not self._sender:
            return
        loop = asyncio.get_running_loop()
        due = self._since + cast(float, self.patience)
        if loop.time() < due:
            self._watch = loop.call_at(due, self._look)
        elif not self._cut_off():
            self._sender.cancel()
            self._sender = None

    def _cut_off(self) -> bool:
        """As if the client had gone. Closed without it, uvicorn's transport waits to be emptied."""
        self.is_cut_off = True
        if self._outer:
            return self._outer._cut_off()
        if self.connection:
            self.connection.abort()
        return self.connection is not None

    @property
    def _is_gone(self) -> bool:
        """Whether nobody is there any more, as far as can be known."""
        return self.connection is not None and self.connection.is_closing()

    def _break(self) -> None:
        """What has no end here has none outside either."""
        self._is_broken = True
        if self._outer:
            self._outer._is_broken, self._outer._is_told = True, self._is_told


def connection_of(send: Send) -> Any:
    """uvicorn's transport; other servers keep theirs to themselves."""
    return getattr(getattr(send, "__self__", None), "transport", None)


def _kind_of(start: Message) -> Kind:
    """An answer with a length is whole, or seen not to be, and takes no further event."""
    headers = Headers(raw=list(start.get("headers", ())))
    if "content-length" in headers or start["status"] in {204, 304} or start.get("trailers"):
        return "whole"
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    is_plain = "content-encoding" not in headers
    return "events" if is_plain and media_type == "text/event-stream" else "stream"


def _comes_of_leaving(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(map(_comes_of_leaving, error.exceptions))
    return isinstance(error, (BrokenResourceError, ClientDisconnect))
