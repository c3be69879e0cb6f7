"""Tells clients what is wrong with what they have sent, and not all of it again.

FastAPI's own answer holds the whole body where a field is missing, passwords too. To encode it
keeps all others waiting, for seconds if there are many values, and fails where one is no JSON:
NaN, bytes, half of a surrogate pair.
"""

import math
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError

MOST_ERRORS = 100
LONGEST_TEXT = 500


def explain_invalid(app: FastAPI) -> None:
    """Answers 422 in place of FastAPI, unless the application has a handler of its own."""
    if app.exception_handlers.get(RequestValidationError) is request_validation_exception_handler:
        app.add_exception_handler(RequestValidationError, _explain)  # type: ignore[arg-type]


async def _explain(request: Request, error: RequestValidationError) -> Response:
    shown = [_explained(each) for each in error.errors()[:MOST_ERRORS]]
    return await request_validation_exception_handler(request, RequestValidationError(shown))


def _explained(error: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: _shown(jsonable_encoder(error[name])) for name in error if name != "input"}
    given = error.get("input")
    return {**shown, "input": _shown(given)} if _is_single(given) else shown


def _is_single(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def _shown(value: Any) -> Any:
    match value:
        case str():
            text = value if len(value) <= LONGEST_TEXT else f"{value[:LONGEST_TEXT]}..."
            return text.encode(errors="backslashreplace").decode()
        case float() if not math.isfinite(value):
            return str(value)
        case list():
            return [_shown(each) for each in value]
        case dict():
            return {name: _shown(each) for name, each in value.items()}
    return value
