"""How the lines of a run are written for machines: one JSON object a line."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from . import console
from .devserver.escapes import uncoloured
from .devserver.lines import CHILDREN, Line, Look, Voice, bare
from .devserver.request_lines import FRESH


class JsonPaper:
    """Passes on what is such an object, as with `LOG_FORMAT=json`, and makes one of all else."""

    def __init__(self) -> None:
        console.replace_unknown_characters()

    def look(self) -> Look:
        """Nobody looks at it."""
        return Look()

    def write(self, lines: Sequence[Line]) -> None:
        """All on stdout, in order."""
        console.write("".join(f"{text}\n" for line in lines for text in _objects(line)))

    def draw(self, line: Line) -> None:
        """Nothing: a line is written when it is whole."""

    def erase(self) -> None:
        """Nothing was drawn."""


def now() -> str:
    """As the servers say it: `2026-11-21T13:30:01.042Z`."""
    time = datetime.now(UTC).replace(tzinfo=None)
    return f"{time.isoformat(timespec='milliseconds')}Z"


_LEVELS: dict[Voice, str] = {"warn": "warning", "error": "error"}


def _objects(line: Line) -> Iterator[str]:
    is_ours = line.voice not in CHILDREN
    text = bare(line.text) if is_ours else uncoloured(bare(line.text).removeprefix(FRESH))
    if line.voice == "clear" or not text.strip():
        return
    if _is_object(text):
        yield text
        return
    fields: dict[str, Any] = {
        "time": now(),
        "level": _LEVELS.get(line.voice, "info"),
        "logger": "fluidkit" if is_ours else line.voice,
        "message": text,
    }
    yield json.dumps(fields)


def _is_object(text: str) -> bool:
    try:
        return text.startswith("{") and isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
