"""What requests and answers mean, awaited or not: redirects, errors, time-outs."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
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
ERROR_SECONDS = 5.0
ERROR_BYTES = 1024 * 1024
"""How long the body of an error is waited for, and how much of it is kept."""
LIMITS = httpx2.Limits(max_connections=None, max_keepalive_connections=20)
"""Open streams hold their connections: no number of them is to keep others waiting."""

FAILURES = (httpx2.TransportError, httpx2.DecodingError, httpx2.InvalidURL)
"""What httpx2 raises that is told as an error of ours."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in one piece."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def same_origin(
    request: httpx2.Request, response: httpx2.Response, call: Call
) -> httpx2.Request | None:
    """What a redirect asks for; None if the answer is none.

    Raises:
        ConnectionFailed: it leads to another origin. Nothing is carried there.
    """
    target = response.next_request
    if target is None:
        return None
    if (elsewhere := _origin(target)) != _origin(request):
        why = f"redirected to another origin, {elsewhere}, which is not followed"
        raise ConnectionFailed("unreachable", reason=why).placed(call.name)
    return target


def redirected_too_often(call: Call) -> ConnectionFailed:
    reason = f"redirected more than {MOST_REDIRECTS} times"
    return ConnectionFailed("unreachable", reason=reason).placed(call.name)


def check_readable(response: httpx2.Response, call: Call) -> None:
    """Raises DataError: the body is packed in a way that was not asked for."""
    try:
        check_encoding(response.headers)
    except DataError as error:
        raise error.placed(call.name, status=response.status_code) from None


def check_leavable(response: httpx2.Response, call: Call) -> None:
    """Raises InvalidRequest: the server would not see that nobody reads the stream any more."""
    if response.http_version == "HTTP/2":
        why = "cannot stream over HTTP/2, where httpx2 ends nothing that is left: use HTTP/1.1"
        raise InvalidRequest(why).placed(call.name)


def unanswered(error: Exception, call: Call) -> ClientError:
    """What an exception of httpx2 means before there is an answer."""
    if isinstance(error, httpx2.UnsupportedProtocol | httpx2.InvalidURL):
        return InvalidRequest(f"cannot be sent: {error}").placed(call.name)
    reason = str(error) or type(error).__name__
    if isinstance(error, httpx2.RequestError):
        reason = f"{_origin(error.request)}: {reason}"
    return ConnectionFailed("unreachable", reason=reason).placed(call.name)


def broken_off(error: Exception, call: Call) -> ClientError:
    """What one means once the answer has begun."""
    is_silence = isinstance(error, httpx2.ReadTimeout)
    return ConnectionFailed("idle" if is_silence else "transport").placed(call.name)


def api_error(answer: Answer, call: Call) -> ApiError:
    """An answer that is no success: as the route declares it, if it does."""
    status, headers = answer.status, answer.headers
    declared = call.error.type_of(status)
    if declared is not None and is_json(headers.get("content-type", "")):
        # whatever else comes may be of a proxy, or of a crash
        with contextlib.suppress(DataError):
            body = reader_of(declared).value(answer.body)
            return call.error(status, body=body, headers=headers).placed(call.name)
    return ApiError(status, body=_body(answer), headers=headers).placed(call.name)


def _body(answer: Answer) -> Any:
    text = answer.body.decode("utf-8", "replace")
    try:
        is_plain = not is_json(answer.headers.get("content-type", ""))
        return text or None if is_plain else json.loads(text)
    except ValueError:
        return text or None


def _origin(request: httpx2.Request) -> str:
    """Without a user, a password, or a path, which may be private."""
    return f"{request.url.scheme}://{request.url.netloc.decode()}"
