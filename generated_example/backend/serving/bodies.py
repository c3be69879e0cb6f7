"""Refuses bodies that would take too much: too large, too slow, of too many parts, too deep."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from inspect import iscoroutinefunction
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .settings import Settings

LEAST = 4096
"""Bytes that come within the time-out: a phone on a bad day sends ten times as many."""

_EXCESSES = ("Too many ", "Part exceeded ", "Field exceeded ")
"""How Starlette begins to say what is too much; it has no classes of errors for it."""


class Refused(HTTPException):
    """Whoever reads the body gets this. The client has its answer by then, if none had begun."""


def limit_bodies(settings: Settings) -> Callable[[ASGIApp], ASGIApp]:
    """ASGI middleware that lets nobody read more of a body than its limit, nor wait for ever."""

    def around(app: ASGIApp) -> ASGIApp:
        def limited(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            length = _length(scope) if scope["type"] == "http" else 0
            if length == 0:
                return app(scope, receive, send)
            if length is not None and length > settings.body_limit:
                return _refuse(_too_large(settings.body_limit), send)
            return _bound(app, scope, _Body(scope, receive, send, settings))

        return limited

    return around


def refuse_hostile_bodies(app: FastAPI) -> None:
    """Answers 413 to a form of too many or too long fields, 422 to JSON without a bottom, and 500
    where a file has no room.

    Starlette and FastAPI find all of it, but answer 400, as to any body that they cannot read.
    """
    own = app.exception_handlers.get(400)

    async def refuse(request: Request, error: HTTPException) -> Response:
        handlers = {**app.exception_handlers, 400: own}
        return await _handle(request, _said_better(error), handlers)

    app.add_exception_handler(400, refuse)  # type: ignore[arg-type]


class _Body:
    """What comes of one, while the app waits for it."""

    __slots__ = (
        *("_has_answer", "_left", "_limit", "_new", "_receive", "_scope", "_seconds", "_send"),
        *("_size", "is_refused"),
    )

    def __init__(self, scope: Scope, receive: Receive, send: Send, settings: Settings) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._limit = settings.body_limit
        self._seconds = self._left = settings.body_timeout
        self._new = 0
        self._size = 0
        self._has_answer = False
        self.is_refused = False

    async def receive(self) -> Message:
        message = await self._receive_in_time()
        self._size += len(message.get("body", b""))
        if self._size > self._limit:
            raise await self._refused(_too_large(self._limit))
        if not message.get("more_body", False):
            self._seconds = 0  # from now on, it waits for the client to leave
        return message

    def send(self, message: Message) -> Awaitable[None]:
        if self.is_refused:
            return _nothing()
        self._has_answer = True
        self._seconds = 0  # whoever is answered already may talk as slowly as they like
        return self._send(message)

    async def _receive_in_time(self) -> Message:
        """Only what the app waits for counts."""
        if not self._seconds:
            return await self._receive()
        now = asyncio.get_running_loop().time
        began = now()
        try:
            async with asyncio.timeout(self._left):
                message = await self._receive()
        except TimeoutError:
            if not self._seconds:
                return await self._receive()
            raise await self._refused(_too_slow(self._scope, self._seconds)) from None
        self._left -= now() - began
        self._new += len(message.get("body", b""))
        if self._new >= LEAST:
            self._left, self._new = self._seconds, 0
        return message

    async def _refused(self, error: Refused) -> Refused:
        """Of an error in middleware, which may read bodies, too, Starlette would make a 500."""
        if not self._has_answer:
            self.is_refused = True
            await _refuse(error, self._send)
        return error


async def _bound(app: ASGIApp, scope: Scope, body: _Body) -> None:
    try:
        await app(scope, body.receive, body.send)
    except Refused:
        if not body.is_refused:
            raise


async def _nothing() -> None:
    """What is sent after a refusal."""


def _too_large(limit: int) -> Refused:
    return Refused(413, f"The body may have {limit} bytes")


def _too_slow(scope: Scope, seconds: float) -> Refused:
    """HTTP/2 has no header for it, and no other request waits behind this one."""
    headers = {"Connection": "close"} if scope["http_version"].startswith("1") else None
    return Refused(408, f"The body came too slowly: no {LEAST} bytes in {seconds:g} s", headers)


def _length(scope: Scope) -> int | None:
    """Bytes of the body, None where that is open; HTTP/1.1 says it of each."""
    is_open = not scope["http_version"].startswith("1")
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
        if name == b"transfer-encoding":
            is_open = True
    return None if is_open else 0


async def _refuse(error: Refused, send: Send) -> None:
    """The rest of the body is not waited for, and not kept."""
    response = JSONResponse({"detail": error.detail}, error.status_code, error.headers)
    start = {"type": "http.response.start", "status": error.status_code}
    await send({**start, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": response.body})


def _said_better(error: HTTPException) -> Exception:
    form, cause = error.__context__, error.__cause__
    if isinstance(form, MultiPartException) and form.message.startswith(_EXCESSES):
        return HTTPException(413, form.message)
    if isinstance(cause, OSError):
        raise cause  # a file has no room, say: no fault of the client, and news for the log
    if isinstance(cause, RecursionError):
        fields = {"type": "json_invalid", "loc": ("body",), "msg": "JSON is nested too deeply"}
        return RequestValidationError([{**fields, "input": None}])
    return error


async def _handle(request: Request, error: Exception, handlers: Mapping[Any, Any]) -> Response:
    """What the application would answer, had nobody looked at it before."""
    kinds = (getattr(error, "status_code", None), *type(error).__mro__)
    handler = next(handler for kind in kinds if (handler := handlers.get(kind)))
    response: Response
    if iscoroutinefunction(handler):
        response = await handler(request, error)
    else:
        response = await run_in_threadpool(handler, request, error)
    return response
