"""How the launcher writes logs: lines to read, or with `LOG_FORMAT=json` objects to search.

What is configured later, in `main.py` or by the application, replaces it, as with any logging.
"""

import json
import logging
import os
import re
import sys
from datetime import UTC, datetime
from functools import partial
from typing import Any, TextIO

from .settings import choice

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
STYLES = {"text": "TextLines", "json": "JsonLines"}

_HARMFUL = re.compile(
    r"\x1b(?!\[[\d;]*m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f"
    r"\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
"""Control characters but for newline, tab and colours, and what turns a line around: a client may
have sent them."""

_COLOURS = {"WARNING": "33", "ERROR": "31", "CRITICAL": "31"}


def configuration() -> dict[str, Any]:
    """For `logging.config.dictConfig`: requests to stdout, everything else to stderr."""
    package = __name__.split(".", 1)[0]
    style = STYLES[choice("LOG_FORMAT", "text", of=STYLES)]
    handler = {"class": "logging.StreamHandler", "formatter": "lines"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"own": {"()": f"{__name__}.NoAddresses"}},
        "formatters": {"lines": {"()": f"{__name__}.{style}"}},
        "handlers": {
            "requests": {**handler, "stream": "ext://sys.stdout"},
            "messages": {**handler, "stream": "ext://sys.stderr"},
        },
        "loggers": {
            # below INFO it writes headers, and with them cookies
            "uvicorn": {"level": "WARNING" if is_supervised() else "INFO"},
            "uvicorn.error": {"filters": ["own"]},
            package: {"level": choice("LOG_LEVEL", "INFO", of=LEVELS)},
            f"{__package__}.access": {"handlers": ["requests"], "propagate": False},
        },
        "root": {"level": "WARNING", "handlers": ["messages"]},
    }


def is_supervised() -> bool:
    """By `fluidkit start`, which says itself when and where the application runs."""
    return "READY_FD" in os.environ


class NoAddresses(logging.Filter):
    """uvicorn tells the whole address of each WebSocket, with what is secret in it."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = str(record.msg)
        return "WebSocket %s" not in said and not said.startswith("connection ")


class TextLines(logging.Formatter):
    """`2026-11-21T13:30:01.042Z 203.0.113.7 GET /api/items 200 · 11 ms · 1.2 kB`."""

    def __init__(self) -> None:
        super().__init__()
        self._is_bare = is_supervised()

    def format(self, record: logging.LogRecord) -> str:
        text = _HARMFUL.sub(lambda found: repr(found[0])[1:-1], super().format(record))
        text = text.replace("\n", "\n  ")  # no line of it looks like one of its own
        if shown := getattr(record.msg, "shown", None):
            text = shown(partial(_painted, stream=sys.stdout))
        elif colour := _COLOURS.get(record.levelname):
            text = f"{_painted(record.levelname, colour, stream=sys.stderr)} {text}"
        if self._is_bare:
            return text
        client = getattr(record.msg, "client", "")
        return f"{_time(record)} {client}{client and ' '}{text}"


class JsonLines(logging.Formatter):
    """One object a line, with the fields of a request where the message is one."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields | getattr(record.msg, "fields", {}), default=str)


def _painted(text: str, colour: str, *, stream: TextIO) -> str:
    """In that colour, a number of SGR, where somebody looks at it."""
    is_seen = stream.isatty() and not os.environ.get("NO_COLOR")
    has_colours = is_seen or os.environ.get("FORCE_COLOR")
    return f"\x1b[{colour}m{text}\x1b[0m" if has_colours else text


def _time(record: logging.LogRecord) -> str:
    """As server.js has it: machines in several places write one log."""
    time = datetime.fromtimestamp(record.created, UTC).replace(tzinfo=None)
    return f"{time.isoformat(timespec='milliseconds')}Z"
