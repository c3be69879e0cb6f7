"""uvicorn's HTTP/1.1, with an end for clients that connect and never finish what they ask."""

import asyncio
from typing import TYPE_CHECKING, cast

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from .descriptors import watch

HEADERS_TIMEOUT = 30
"""Seconds that a client has from its connection, or its last answer, for all headers it sends."""

HEADERS_LIMIT = 65_536
"""Bytes of them. httptools keeps all that come; h11 has a limit of its own."""

REST_LIMIT = 104_857_600
"""Bytes of a body that come after the answer, which clients may have to send to see it."""

if TYPE_CHECKING:
    _Protocol = asyncio.Protocol
else:
    _Protocol = object


class Deadline(_Protocol):
    """To be mixed into a protocol of uvicorn, whose `cycle` is the request that is answered."""

    _transport: asyncio.Transport
    _deadline: asyncio.TimerHandle | None = None
    _waited_for = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        super().connection_made(transport)
        watch(transport.get_extra_info("socket").fileno())
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        cycle = getattr(self, "cycle", None)
        if self._has_become_a_websocket() or (cycle and not cycle.response_complete):
            self._stop_waiting()
            return
        self._wait()
        self._waited_for += len(data)
        if self._waited_for > (REST_LIMIT if cycle and cycle.more_body else HEADERS_LIMIT):
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        """Further bytes do not prolong it."""
        if self._deadline is None:
            loop = asyncio.get_running_loop()
            self._deadline = loop.call_later(HEADERS_TIMEOUT, self._transport.close)

    def _stop_waiting(self) -> None:
        self._waited_for = 0
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _has_become_a_websocket(self) -> bool:
        return self._transport.get_protocol() is not self


class HttpProtocol(Deadline, AutoHTTPProtocol):
    """By httptools, or by h11 where that is not installed."""
