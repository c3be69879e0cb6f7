# Copied by fluidkit. Changes to this file are overwritten.
"""A call as it is sent: its address, its headers, its time-outs, and who is told how far it is."""

import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import httpx2

from .calls import Call
from .errors import InvalidRequest
from .inflating import ACCEPTED
from .options import AS_CLIENT, RequestOptions, StreamOptions
from .progress import Progress

DEFAULT_TIMEOUT = 30.0
"""Seconds for each step of a request. A stream may be silent for longer."""

Headers = Mapping[str, str | bytes]

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FORBIDDEN = re.compile(rb"[\0-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A call, and all that is said with it."""

    call: Call
    headers: Headers
    patience: httpx2.Timeout
    tell: Callable[[Progress], object] | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """Where requests go, and what holds for all of them."""

    base_url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    timeout: float | None = DEFAULT_TIMEOUT

    def for_answer(
        self, call: Call, options: RequestOptions, *, accept: str
    ) -> Outgoing:
        """For an answer in one piece."""
        headers = merged(call.all_headers, options.headers, {"accept": accept})
        patience = httpx2.Timeout(self._timeout(options))
        return Outgoing(call, headers, patience, options.on_upload_progress)

    def for_stream(
        self, call: Call, headers: Headers, options: StreamOptions
    ) -> Outgoing:
        """For one that is read as it comes."""
        patience = httpx2.Timeout(self._timeout(options), read=options.idle_timeout)
        headers = merged(headers, options.headers)
        return Outgoing(call, headers, patience, options.on_upload_progress)

    def request(
        self, build: Callable[..., httpx2.Request], outgoing: Outgoing
    ) -> httpx2.Request:
        """`build` is `build_request` of a client of httpx2.

        Raises:
            InvalidRequest: it cannot be sent.
        """
        call = outgoing.call
        request = build(
            method=call.method,
            url=self.base_url.rstrip("/") + call.address,
            headers=self._checked(outgoing),
            timeout=outgoing.patience,
            **call.content,
        )
        if outgoing.tell is not None:
            request.stream = _Told(request, outgoing.tell)
        return request

    def _timeout(self, options: RequestOptions) -> float | None:
        return self.timeout if options.timeout is AS_CLIENT else options.timeout

    def _checked(self, outgoing: Outgoing) -> dict[str, bytes]:
        every = merged({"accept-encoding": ACCEPTED}, self.headers, outgoing.headers)
        try:
            return {name: _checked(name, value) for name, value in every.items()}
        except ValueError as error:
            raise InvalidRequest(f"cannot be sent: {error}").placed(
                outgoing.call.name
            ) from error


def merged(*sources: Headers) -> Headers:
    """Later ones count, whatever the case of their names."""
    return {name.lower(): value for source in sources for name, value in source.items()}


def _checked(name: str, value: str | bytes) -> bytes:
    """The value as browsers send it. Its text may be secret: no message has it."""
    try:
        encoded = value if isinstance(value, bytes) else value.encode("latin-1")
    except UnicodeEncodeError:
        raise ValueError(f"the header {name!r} is beyond Latin-1") from None
    encoded = encoded.strip(b" \t")
    if not _NAME.fullmatch(name) or _FORBIDDEN.search(encoded):
        raise ValueError(f"{name!r} is no header, or has a control character")
    return encoded


class _Told(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """The body of a request, of which somebody is told how much has gone."""

    def __init__(
        self, request: httpx2.Request, tell: Callable[[Progress], object]
    ) -> None:
        self._body: Any = request.stream
        self._tell = tell
        length = request.headers.get("content-length")
        self._total = int(length) if length else None

    def __iter__(self) -> Iterator[bytes]:
        loaded = 0
        for chunk in cast(httpx2.SyncByteStream, self._body):
            yield chunk
            loaded += len(chunk)
            self._tell(Progress(loaded, self._total))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        loaded = 0
        async for chunk in cast(httpx2.AsyncByteStream, self._body):
            yield chunk
            loaded += len(chunk)
            self._tell(Progress(loaded, self._total))
