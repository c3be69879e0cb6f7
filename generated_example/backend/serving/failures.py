"""Tells clients that a stream has failed: one that broke never looks like one that ended."""

import asyncio
import contextlib
import json
import os
import secrets
from contextvars import ContextVar
from traceback import format_exception_only
from typing import Literal, cast

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

EVENT = "fluidkit.error"
"""Of this event the clients in `frontend/src/lib/api` make a `ServerError`."""

PATIENCE = 0.1
"""Seconds that the end of a stream waits for the app to return: background tasks may take long."""

ANSWER = "fluidkit.answer"

_CURRENT: ContextVar["Answer | None"] = ContextVar("answer", default=None)


def report_failures(app: FastAPI) -> None:
    """Makes every stream of `app` end honestly, whatever middleware is added before or later."""
    build = app.build_middleware_stack
    # inside of all middleware, where a failure is seen, and outside, since some of it ends a
    # stream that has failed
    app.user_middleware.append(Middleware(HonestEnds))
    app.build_middleware_stack = lambda: HonestEnds(build())  # type: ignore[method-assign]


def cut_off_after(seconds: float) -> None:
    """Breaks off the stream that is being made when its reader takes nothing for so long."""
    if answer := _CURRENT.get():
        answer.patience = seconds


class HonestEnds:
    """ASGI middleware that lets a stream break off when it has failed or was cancelled.

    Clients take that for a lost connection. Of server-sent events the last one says, before, what
    has failed: in development the exception, in production an id, which the log has as well.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "HEAD":
            await self.app(scope, receive, send)
            return
        __tracebackhide__ = True  # from pytest's tracebacks, and those of `fluidkit dev`
        answer = Answer(send, outer=scope.get(ANSWER))
        scope[ANSWER] = answer
        _CURRENT.set(answer)
        try:
            await self.app(scope, receive, answer.send)
        except BaseException as error:
            if answer.is_cut_off and isinstance(error, Exception):
                return  # FastAPI fails when a client goes that has not taken everything
            await answer.break_off(error)
            raise
        await answer.finish()


class Answer:
    """What the client is sent: at once, but for the end of a stream, which waits for the app.

    FastAPI ends the body when a generator has raised, and raises only then; so does middleware.
    """

    def __init__(self, send: Send, *, outer: "Answer | None") -> None:
        self.patience: float | None = None
        self.is_cut_off = False
        self._send = send
        self._outer = outer
        self._kind: Kind = "whole"
        self._request = cast("asyncio.Task[None]", asyncio.current_task())
        self._cancellations = 0
        self._returned = asyncio.Event()
        self._ending: asyncio.Task[None] | None = None
        self._has_ended = False
        self._is_broken = False
        self._is_told = False

    async def send(self, message: Message) -> None:
        """Passes a message of the app on."""
        if message["type"] == "http.response.start":
            self._kind = _kind_of(message)
            self._cancellations = self._request.cancelling()
        elif self._kind != "whole" and not message.get("more_body", False):
            await self._end(message)
            return
        if self.patience is None:
            await self._send(message)
            return
        try:
            async with asyncio.timeout(self.patience):
                await self._send(message)
        except TimeoutError:
            self._cut_off()

    async def finish(self) -> None:
        """The app has returned."""
        self._returned.set()
        if self._ending:
            await self._ending
        elif self._kind != "whole":
            self._break()  # as sse_starlette does at a shutdown

    async def break_off(self, error: BaseException) -> None:
        """The app has raised: the server closes the connection, as the body has no end."""
        if self._kind == "whole" or self._has_ended:
            return
        if self._ending:
            self._ending.cancel()
        is_failure = isinstance(error, Exception) and not isinstance(error, ClientDisconnect)
        if is_failure and self._kind == "events" and not self._is_told:
            await self._pass_on(_event(error), more_body=True)
            self._is_told = True
        self._break()

    async def _end(self, message: Message) -> None:
        if message.get("body"):
            await self._send({**message, "more_body": True})
        # a generator may swallow its cancellation, and FastAPI cancels when one has raised
        is_cut = self._request.cancelling() > self._cancellations
        if not is_cut and not self._is_broken:
            self._ending = asyncio.create_task(self._end_soon())

    async def _end_soon(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._returned.wait(), PATIENCE)
        self._has_ended = True
        await self._pass_on(b"", more_body=False)

    async def _pass_on(self, body: bytes, *, more_body: bool) -> None:
        with contextlib.suppress(OSError):  # the client may have gone
            await self._send({"type": "http.response.body", "body": body, "more_body": more_body})

    def _cut_off(self) -> None:
        """As if the client had gone. Closed without it, uvicorn's transport waits to be emptied."""
        self.is_cut_off = True
        if self._outer:
            self._outer._cut_off()
            return
        transport = getattr(getattr(self._send, "__self__", None), "transport", None)
        if transport is None:
            raise ClientDisconnect
        transport.abort()

    def _break(self) -> None:
        """What has no end here has none outside either."""
        self._is_broken = True
        if self._outer:
            self._outer._is_broken, self._outer._is_told = True, self._is_told


Kind = Literal["whole", "stream", "events"]


def _kind_of(start: Message) -> Kind:
    """An answer with a length is whole, or seen not to be, and takes no further event."""
    headers = Headers(raw=list(start.get("headers", ())))
    if "content-length" in headers or start["status"] in {204, 304} or start.get("trailers"):
        return "whole"
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    is_plain = "content-encoding" not in headers
    return "events" if is_plain and media_type == "text/event-stream" else "stream"


def _event(error: BaseException) -> bytes:
    """Begins with a comment: half an event that was sent before becomes part of this one."""
    return f":\nevent: {EVENT}\ndata: {json.dumps(_report(error))}\n\n".encode()


def reason_of(error: BaseException) -> str:
    """What a client may know of an error, in words."""
    known = _report(error)
    return known["message"] if "message" in known else f"Error {known['id']}"


def _report(error: BaseException) -> dict[str, str]:
    """What the client may know. `fluidkit dev` and `fastapi dev` set the variable."""
    if os.environ.get("FASTAPI_ENV") == "development":
        return {"message": _summary(error)}
    name = secrets.token_hex(4)
    error.add_note(f"The client was told: error {name}")
    return {"id": name}


def _summary(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return "".join(format_exception_only(error)).strip()
