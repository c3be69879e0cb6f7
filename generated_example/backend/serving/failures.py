"""Tells clients that a stream has failed: one that broke never looks like one that ended."""

from contextvars import ContextVar

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from .answers import Answer, connection_of
from .generators import watched

ANSWER = "fluidkit.answer"

_CURRENT: ContextVar["Answer | None"] = ContextVar("answer", default=None)


def report_failures(app: FastAPI) -> None:
    """Makes every stream of `app` end honestly, whatever middleware is added before or later."""
    build = app.build_middleware_stack

    def built() -> ASGIApp:
        others = app.user_middleware
        if others:  # some of it ends a stream that has failed: seen inside, and mended outside
            app.user_middleware = [*others, Middleware(HonestEnds)]
        try:
            return HonestEnds(build())
        finally:
            app.user_middleware = others

    app.build_middleware_stack = built  # type: ignore[method-assign]


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
        outer: Answer | None = scope.get(ANSWER)
        answer = Answer(send, outer, outer.connection if outer else connection_of(send))
        generators = watched()
        scope[ANSWER] = answer
        _CURRENT.set(answer)
        try:
            await self.app(scope, receive, answer.send)
        except BaseException as error:
            if not answer.was_left(error):
                await answer.break_off(error)
                raise
        else:
            await answer.finish()
        finally:
            answer.forget()
            scope[ANSWER] = outer  # in a cycle it would wait for the garbage collector
            if not answer.has_ended:
                await generators.close()
