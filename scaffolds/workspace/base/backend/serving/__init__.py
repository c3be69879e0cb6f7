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
from .invalid import explain_invalid
from .listeners import Listeners
from .origins import SameSite
from .settings import read_settings


def serve(app: FastAPI, *, ready: Sequence[Check] = ()) -> None:
    """Adds to `app` the built front end, streams that end honestly, health, drain, logs and headers
    for browsers, and refuses pages of other sites.

    The front end answers what no route does. `/readyz` says yes only while all that `ready` asks
    says so, too.

    Raises:
        SystemExit: a setting cannot be what it is, see `settings.py`.
        RuntimeError: it was called for this application before.
    """
    if hasattr(app.state, "is_served"):
        raise RuntimeError("serve(app) was called before: once is enough, in main.py")
    app.state.is_served = True
    settings = read_settings()
    serve_frontend(app)
    explain_invalid(app)
    refuse_hostile_bodies(app)
    _surround(app, limit_bodies(settings))
    report_failures(app)
    exchanges = Exchanges(listeners=Listeners(settings.streams_per_user), ended=access.log)
    draining = Draining(exchanges, delay=settings.shutdown_delay, timeout=settings.shutdown_timeout)
    _surround(
        app,
        partial(SameSite, owner=app, allowed=settings.allowed_origins),
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
