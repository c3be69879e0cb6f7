"""Refuses bodies that would take too much: too large, of too many parts, nested too deeply."""

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

_EXCESSES = ("Too many ", "Part exceeded ", "Field exceeded ")
"""How Starlette begins to say what is too much; it has no classes of errors for it."""


class TooLarge(HTTPException):
    """Whoever reads the body gets this; FastAPI makes an answer of it."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, f"The body may have {limit} bytes")


def limit_bodies(limit: int) -> Callable[[ASGIApp], ASGIApp]:
    """ASGI middleware that lets nobody read more of a body than `limit` bytes."""

    def around(app: ASGIApp) -> ASGIApp:
        def limited(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            length = _length(scope) if scope["type"] == "http" else 0
            if length is None:
                return _count(app, scope, _Counted(receive, send, limit))
            if length > limit:
                return _refuse(TooLarge(limit), send)
            return app(scope, receive, send)  # the server sees to it that not more comes

        return limited

    return around


def refuse_hostile_bodies(app: FastAPI) -> None:
    """Answers 413 to a form of too many or too long fields, and 422 to JSON without a bottom.

    Starlette and FastAPI find both, but answer 400, as to any body that they cannot read.
    """
    own = app.exception_handlers.get(400)

    async def refuse(request: Request, error: HTTPException) -> Response:
        handlers = {**app.exception_handlers, 400: own}
        return await _handle(request, _said_better(error), handlers)

    app.add_exception_handler(400, refuse)  # type: ignore[arg-type]


class _Counted:
    """A body whose length nobody has said."""

    __slots__ = ("_limit", "_receive", "_send", "has_answer", "size")

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self._receive = receive
        self._send = send
        self._limit = limit
        self.size = 0
        self.has_answer = False

    async def receive(self) -> Message:
        message = await self._receive()
        self.size += len(message.get("body", b""))
        if self.size > self._limit:
            raise TooLarge(self._limit)
        return message

    async def send(self, message: Message) -> None:
        self.has_answer = True
        await self._send(message)


async def _count(app: ASGIApp, scope: Scope, body: _Counted) -> None:
    try:
        await app(scope, body.receive, body.send)
    except TooLarge as error:
        if body.has_answer:
            raise
        await _refuse(error, body.send)


def _length(scope: Scope) -> int | None:
    """Bytes of the body, None where that is open; HTTP/1.1 says it of each."""
    is_open = not scope["http_version"].startswith("1")
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
        if name == b"transfer-encoding":
            is_open = True
    return None if is_open else 0


async def _refuse(error: TooLarge, send: Send) -> None:
    """The rest of the body is not waited for, and not kept."""
    response = JSONResponse({"detail": error.detail}, error.status_code)
    start = {"type": "http.response.start", "status": 413, "headers": response.raw_headers}
    await send(start)
    await send({"type": "http.response.body", "body": response.body})


def _said_better(error: HTTPException) -> Exception:
    form, json = error.__context__, error.__cause__
    if isinstance(form, MultiPartException) and form.message.startswith(_EXCESSES):
        return HTTPException(413, form.message)
    if isinstance(json, RecursionError):
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
