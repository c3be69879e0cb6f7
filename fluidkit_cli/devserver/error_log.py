"""How a worker logs what uvicorn reports: exceptions with the user's frames only, and once."""

import asyncio
import logging
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from starlette.websockets import WebSocketDisconnect

from ..describe.failure import brief_traceback
from .escapes import visible
from .request_lines import FRESH, painted

REPEAT_SECONDS = 60.0
"""A client that reconnects raises the same exception again and again."""

_UVICORN_SAYS = "Exception in ASGI application"
_COLOURS = {logging.ERROR: "1;31", logging.CRITICAL: "1;31", logging.WARNING: "33"}

_ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class BriefFormatter(logging.Formatter):
    """Of an exception that was the last one already it tells how often it came."""

    def __init__(self, *, root: Path) -> None:
        super().__init__("%(levelname)s %(message)s")
        self._root = root
        self._last = ""
        self._times = 0
        self._at = 0.0

    def format(self, record: logging.LogRecord) -> str:
        """Begins a line of its own. What a request sent may be part of it, so all is escaped."""
        *lines, last = map(visible, self._text(record).split("\n"))
        return FRESH + "\n".join([*lines, painted(last, _COLOURS.get(record.levelno, ""))])

    def _text(self, record: logging.LogRecord) -> str:
        """Of an exception in the app its traceback alone: uvicorn says no more than that."""
        if record.exc_info and record.getMessage().strip() == _UVICORN_SAYS:
            return self.formatException(record.exc_info)
        return super().format(record)

    def formatException(self, ei: _ExceptionInfo) -> str:
        """Python's traceback of the user's frames."""
        if ei[1] is None:
            return ""
        text = brief_traceback(ei[1], root=self._root).rstrip()
        now = time.monotonic()
        again = text == self._last and now - self._at < REPEAT_SECONDS
        self._last, self._at = text, now
        self._times = self._times + 1 if again else 1
        return f"{text.splitlines()[-1]} (as above, {self._times} times now)" if again else text


class NoCancellation(logging.Filter):
    """Leaves out what was cut at the end: that is our own doing, and its own line says so.

    A WebSocket is closed with 1012, which reaches routes that do not expect it as an exception.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written."""
        match record.exc_info:
            case (_, asyncio.CancelledError() | WebSocketDisconnect(code=1012), _):
                return False
        return True


def configuration(root: Path) -> dict[str, Any]:
    """As uvicorn's own, without what is said about every start, stop and request: we say that."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"brief": {"()": BriefFormatter, "root": root}},
        "filters": {"no cancellation": {"()": NoCancellation}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "brief",
                "filters": ["no cancellation"],
            }
        },
        "loggers": {
            "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "uvicorn.error": {"level": "WARNING"},
        },
    }
