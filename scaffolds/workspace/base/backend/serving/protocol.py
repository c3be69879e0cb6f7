"""uvicorn's HTTP/1.1, stricter: clients have to finish what they ask, and to ask it in one way."""

import asyncio
import re
from typing import TYPE_CHECKING, Any

from .descriptors import watch

HEADERS_TIMEOUT = 30
"""Seconds that a client has from its connection, or its last answer, for all headers it sends."""

HEADERS_LIMIT = 65_536
"""Bytes of them. httptools keeps all that come; h11 has a limit of its own."""

REST_LIMIT = 104_857_600
"""Bytes of a body that come after the answer, which clients may have to send to see it."""

_HOST = re.compile(rb"([\w.~%!$&'()*+,;=-]*|\[[\da-f:.]+\])(:\d*)?", re.IGNORECASE)
_CODINGS: tuple[list[bytes], ...] = ([], [b"chunked"])

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as _Protocol

    AutoHTTPProtocol = _Protocol
else:
    from uvicorn.protocols.http.auto import AutoHTTPProtocol

    _Protocol = object


class Strict(_Protocol):
    """To be mixed into a protocol of uvicorn, whose `cycle` is the request that is answered."""

    _deadline: asyncio.TimerHandle | None = None
    _waited_for = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        watch(transport.get_extra_info("socket").fileno())
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._has_become_a_websocket() or self._is_answering():
            self._stop_waiting()
            return
        self._wait()
        self._waited_for += len(data)
        is_rest = self.cycle is not None and self.cycle.more_body
        if self._waited_for > (REST_LIMIT if is_rest else HEADERS_LIMIT):
            self.transport.close()

    def handle_websocket_upgrade(self, *event: Any) -> None:
        """uvicorn says nothing where it finds no handshake, as with a body or a header of 8 KB, and
        hands over connections on which it answers what was asked before.
        """
        if self._is_answering():
            self.transport.close()
            return
        super().handle_websocket_upgrade(*event)
        handshake = getattr(self.transport.get_protocol(), "conn", None)
        if getattr(handshake, "handshake_exc", None) and not self.transport.is_closing():
            self.send_400_response("This is no handshake of a WebSocket")

    def on_headers_complete(self) -> None:
        """httptools calls it, and 400 is the answer if it raises; h11 looks for itself.

        https://www.rfc-editor.org/rfc/rfc9112#section-3.2 and #section-6.1
        """
        hosts = [value for name, value in self.headers if name == b"host"]
        codings = [value.lower() for name, value in self.headers if name == b"transfer-encoding"]
        may_be_none = self.parser.get_http_version() == "1.0"
        is_clear = len(hosts) == 1 or (may_be_none and not hosts)
        if not is_clear or not all(map(_HOST.fullmatch, hosts)) or codings not in _CODINGS:
            raise ValueError("Others may take it for another request")
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        """Further bytes do not prolong it."""
        if self._deadline is None:
            loop = asyncio.get_running_loop()
            self._deadline = loop.call_later(HEADERS_TIMEOUT, self.transport.close)

    def _stop_waiting(self) -> None:
        self._waited_for = 0
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _has_become_a_websocket(self) -> bool:
        return self.transport.get_protocol() is not self


class HttpProtocol(Strict, AutoHTTPProtocol):
    """By httptools, or by h11 where that is not installed."""
