# Copied by fluidkit. Changes to this file are overwritten.
"""What requests and answers mean, awaited or not: redirects, errors, time-outs."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from .calls import Call
from .errors import ApiError, ClientError, ConnectionFailed, DataError, InvalidRequest
from .media import is_json
from .values import reader_of

DEFAULT_TIMEOUT = 30.0
"""Seconds for each step of a request. A stream may be silent for longer."""

MOST_REDIRECTS = 20
LIMITS = httpx2.Limits(max_connections=None, max_keepalive_connections=20)
"""Open streams hold their connections: no number of them is to keep others waiting."""

FAILURES = (httpx2.TransportError, httpx2.DecodingError, httpx2.InvalidURL)
"""What httpx2 raises that is told as an error of ours."""

Headers = Mapping[str, str | bytes]


@dataclass(frozen=True, slots=True)
class Server:
    """Where requests go, and what holds for all of them."""

    base_url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    timeout: float | None = DEFAULT_TIMEOUT

    def arguments(
        self, call: Call, headers: Headers, *, patience: httpx2.Timeout
    ) -> dict[str, Any]:
        """Those of httpx2's `build_request`."""
        return {
            "method": call.method,
            "url": self.base_url.rstrip("/") + call.address,
            "headers": headers,
            "timeout": patience,
            **call.content,
        }


def merged(*sources: Headers) -> Headers:
    """Later ones count, whatever the case of their names."""
    return {name.lower(): value for source in sources for name, value in source.items()}


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


def unanswered(error: Exception, call: Call) -> ClientError:
    """What an exception of httpx2 means before there is an answer."""
    if isinstance(error, httpx2.UnsupportedProtocol | httpx2.InvalidURL):
        return InvalidRequest(f"cannot be sent: {error}").placed(call.name)
    return ConnectionFailed("unreachable").placed(call.name)


def broken_off(error: Exception, call: Call) -> ClientError:
    """What one means once the answer has begun."""
    is_silence = isinstance(error, httpx2.ReadTimeout)
    return ConnectionFailed("idle" if is_silence else "transport").placed(call.name)


def api_error(response: httpx2.Response, call: Call) -> ApiError[Any, Any]:
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
