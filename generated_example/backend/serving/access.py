"""One line for each request, when it has ended: `GET /api/items 200 · 11 ms · 1.2 kB`.

The logger is `backend.serving.access`. Each message is an `Answered`, with fields to filter by or
to format. Of a request it has the path and who asked, nothing else: cookies and headers say who
somebody is, and so do query strings (an `EventSource` cannot send its token in any other place).
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from .exchange import Ending, Exchange

LOGGER = logging.getLogger(__name__)

LONGEST_TEXT = 300

_UNSAFE = re.compile(r"[^!-~]")
_COLOURS = {1: "36", 2: "32", 3: "36", 4: "33", 5: "31"}
_DIM = "2"
_ENDINGS = {"left": "left by the client", "cut": "broken off", "failed": "failed"}


@dataclass(frozen=True, slots=True)
class Answered:
    """What is known of a request that has ended; `status` is 0 where nothing was sent.

    `request` is the id that a server in front has given it, as for the page that asks it.
    """

    request: str
    client: str
    method: str
    path: str
    status: int
    seconds: float
    size: int
    ending: Ending

    @property
    def fields(self) -> dict[str, Any]:
        """For logs that machines read."""
        return {
            "request": self.request,
            "client": self.client,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "ms": round(self.seconds * 1000, 1),
            "bytes": self.size,
            "ending": self.ending,
        }

    def __str__(self) -> str:
        return self.shown(lambda text, _: text)

    def shown(self, paint: Callable[[str, str], str]) -> str:
        """The line, of which `paint` may put parts in a colour, a number of SGR."""
        status = paint(str(self.status or "unanswered"), _COLOURS.get(self.status // 100, "33"))
        details = [duration(self.seconds), size(self.size)]
        if self.ending in _ENDINGS:
            details.append(_ENDINGS[self.ending])
        shown = "".join(f" · {detail}" for detail in details)
        return f"{self.method} {self.path} {status}{paint(shown, _DIM)}"


def log(exchange: Exchange) -> None:
    """Writes the line, if anybody wants it."""
    if LOGGER.isEnabledFor(logging.INFO):
        LOGGER.info(_answered(exchange))


def duration(seconds: float) -> str:
    """`11 ms`, `12.3 s`, `2 min 5 s`, `3 h 10 min`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def size(count: int) -> str:
    """`812 B`, `1.2 kB`, `4.1 MB`."""
    shown = float(count)
    for unit in ("B", "kB", "MB"):
        if shown < 1000:
            return f"{shown:.0f} {unit}" if unit == "B" else f"{shown:.1f} {unit}"
        shown /= 1000
    return f"{shown:.1f} GB"


def _answered(exchange: Exchange) -> Answered:
    scope = exchange.scope
    path = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape")
    host, *_ = scope.get("client") or ("-",)
    names = (value for name, value in scope["headers"] if name == b"x-request-id")
    return Answered(
        request=_safe(next(names, b"").decode("latin-1")),
        client=_safe(host),
        method=_safe(scope.get("method", "WebSocket")),
        path=_safe(path.decode("latin-1")),
        status=exchange.status,
        seconds=perf_counter() - exchange.began,
        size=exchange.size,
        ending=exchange.ending,
    )


def _safe(text: str) -> str:
    """In printable ASCII without blanks, so that no client draws on terminals or forges lines."""
    shown = text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}..."
    return _UNSAFE.sub(lambda found: f"%{ord(found[0]):02x}", shown)
