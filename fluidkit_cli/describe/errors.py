"""Which errors a route declares: `responses=`, and the 422 that FastAPI itself answers with."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from fastapi.dependencies.utils import get_flat_params
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError

from ..api import DeclaredError, ErrorStatus, HTTPValidationError, Type, Unknown
from .catalog import TypeCatalog
from .forms import OUTPUT
from .routes import ApiRoute

_REFUSED = 422
_COVERS_REFUSED: set[ErrorStatus] = {_REFUSED, "4XX", "default"}
_RANGES: dict[str, ErrorStatus] = {"4XX": "4XX", "5XX": "5XX", "DEFAULT": "default"}
_ERROR = re.compile(r"[45]\d\d")


def errors_of(found: ApiRoute, *, types: TypeCatalog) -> tuple[DeclaredError, ...]:
    """By status. What `responses=` says of other answers than errors is left out.

    FastAPI's documentation leaves its own 422 out where a route declares one, `4XX` or `default`.
    Its answers do not: they are as ever unless the app has a handler of its own.
    """
    bodies = dict(_declared(found.route, types))
    errors = [DeclaredError(status, body) for status, body in bodies.items()]
    if undeclared_handler(found):
        errors.append(DeclaredError(_REFUSED, Unknown()))
    elif _answers_refused(found) and bodies.get(_REFUSED) != Unknown():
        errors.append(DeclaredError(_REFUSED, HTTPValidationError()))
    return tuple(sorted(errors, key=lambda error: str(error.status)))


def undeclared_handler(found: ApiRoute) -> Callable[..., Any] | None:
    """The app's own function that refuses values, where nothing declares what it answers."""
    handler = _handler_of_refused(found.app)
    if handler is None or _COVERS_REFUSED.intersection(map(_status, found.route.responses)):
        return None
    return handler if _may_refuse(found.route) else None


def _answers_refused(found: ApiRoute) -> bool:
    """Whether FastAPI itself answers for the route, beside what that declares."""
    return _handler_of_refused(found.app) is None and _may_refuse(found.route)


def _may_refuse(route: Any) -> bool:
    return route.body_field is not None or bool(get_flat_params(route.dependant))


def _handler_of_refused(app: Any) -> Callable[..., Any] | None:
    handler = app.exception_handlers.get(RequestValidationError)
    default = request_validation_exception_handler
    code = getattr(handler, "__code__", None)
    # One that logs and then leaves the answer to FastAPI's, as its documentation shows.
    delegates = code is not None and default.__name__ in code.co_names
    return None if handler is default or delegates else handler


def _declared(route: Any, types: TypeCatalog) -> Iterator[tuple[ErrorStatus, Type]]:
    for key in route.responses:
        status = _status(key)
        field = route.response_fields.get(key)
        if status is not None:
            yield status, types.of_field(field, form=OUTPUT) if field else Unknown()


def _status(key: int | str) -> ErrorStatus | None:
    text = str(key).upper()
    return int(text) if _ERROR.fullmatch(text) else _RANGES.get(text)
