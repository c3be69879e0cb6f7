"""What every application needs to be served: `serve(app)`, as the last line of `main.py`."""

from collections.abc import Callable, Sequence
from functools import partial

from fastapi import FastAPI
from starlette.types import ASGIApp

from . import access
from .bodies import limit_bodies, refuse_hostile_bodies
from .draining import Draining
from .exchange import Exchanges
from .failures import report_failures
from .frontend import serve_frontend
from .headers import SecureAnswers
from .health import Check, Health
from .listeners import Listeners
from .origins import SameSite
from .settings import Settings


def serve(app: FastAPI, *, ready: Sequence[Check] = ()) -> None:
    """Adds to `app` the built front end, streams that end honestly, health, drain, logs and headers
    for browsers, and refuses pages of other sites.

    Call it after all routes: the front end answers what none of them does. `/readyz` says yes only
    while all that `ready` asks says so, too.
    """
    settings = Settings()
    serve_frontend(app)
    refuse_hostile_bodies(app)
    _surround(app, limit_bodies(settings.body_limit))
    report_failures(app)
    exchanges = Exchanges(listeners=Listeners(settings.streams_per_user), ended=access.log)
    draining = Draining(exchanges, delay=settings.shutdown_delay, timeout=settings.shutdown_timeout)
    _surround(
        app,
        partial(SameSite, owner=app),
        exchanges.around,
        draining.around,
        Health(exchanges, checks=ready).around,
        SecureAnswers,
    )


def _surround(app: FastAPI, *layers: Callable[[ASGIApp], ASGIApp]) -> None:
    """Puts them around all middleware of `app`, whenever that is added; the last is outermost."""
    build = app.build_middleware_stack

    def built() -> ASGIApp:
        stack = build()
        for layer in layers:
            stack = layer(stack)
        return stack

    app.build_middleware_stack = built  # type: ignore[method-assign]
