# Copied by fluidkit. Changes to this file are overwritten.
"""What requests and answers mean, awaited or not: redirects, errors, time-outs."""

import contextlib
import json
from typing import Any

import httpx2

from .calls import Call
from .errors import (
    ApiError,
    ClientError,
    ConnectionFailed,
    DataError,
    InvalidRequest,
)
from .inflating import check_encoding
from .media import is_json
from .values import reader_of

MOST_REDIRECTS = 20
LIMITS = httpx2.Limits(max_connections=None, max_keepalive_connections=20)
"""Open streams hold their connections: no number of them is to keep others waiting."""

FAILURES = (httpx2.TransportError, httpx2.DecodingError, httpx2.InvalidURL)
"""What httpx2 raises that is told as an error of ours."""


def same_origin(
    request: httpx2.Request, response: httpx2.Response
) -> httpx2.Request | None:
    """What a redirect asks for; None if the answer is none.

    Raises:
        ConnectionFailed: it leads to another origin. Nothing is carried there.
    """
    target = response.next_request
    if target is None:
        return None
    asked = request.url
    if (target.url.scheme, target.url.netloc) != (asked.scheme, asked.netloc):
        raise ConnectionFailed("unreachable")
    return target


def check_readable(response: httpx2.Response, call: Call) -> None:
    """Raises DataError: the body is packed in a way that was not asked for."""
    try:
        check_encoding(response.headers)
    except DataError as error:
        raise error.placed(call.name, status=response.status_code) from None


def unanswered(error: Exception, call: Call) -> ClientError:
    """What an exception of httpx2 means before there is an answer."""
    if isinstance(error, httpx2.UnsupportedProtocol | httpx2.InvalidURL):
        return InvalidRequest(f"cannot be sent: {error}").placed(call.name)
    return ConnectionFailed("unreachable").placed(call.name)


def broken_off(error: Exception, call: Call) -> ClientError:
    """What one means once the answer has begun."""
    is_silence = isinstance(error, httpx2.ReadTimeout)
    return ConnectionFailed("idle" if is_silence else "transport").placed(call.name)


def api_error(response: httpx2.Response, call: Call) -> ApiError:
    """An answer that is no success, and has been read: as the route declares it, if it does."""
    status, headers = response.status_code, response.headers
    declared = call.error.type_of(status)
    if declared is not None and is_json(headers.get("content-type", "")):
        # whatever else comes may be of a proxy, or of a crash
        with contextlib.suppress(DataError, httpx2.ResponseNotRead):
            body = reader_of(declared).value(response.content)
            return call.error(status, body=body, headers=headers).placed(call.name)
    return ApiError(status, body=_body(response), headers=headers).placed(call.name)


def _body(response: httpx2.Response) -> Any:
    try:
        text = response.content.decode("utf-8", "replace")
    except httpx2.ResponseNotRead:  # it broke off
        return None
    try:
        return (
            json.loads(text)
            if is_json(response.headers.get("content-type", ""))
            else text or None
        )
    except ValueError:
        return text
