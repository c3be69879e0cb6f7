"""A worker's lines about requests: what a client sent never looks like a colour of ours.

Runs inside the app's own Python, so it colours by itself.
"""

import os
from collections.abc import MutableMapping
from typing import Any, Literal

FRESH = "\x1b_fluidkit\x1b\\"
"""Begins a line of a worker's own, whatever the app has left unfinished. No terminal shows it."""

LONGEST_ADDRESS = 300

End = Literal["whole", "left", "cut", "broke"]
"""It was sent to its end; the client left; a reload cut it; the app raised."""

_SIXTY = 60
_THOUSAND = 1000

_STATUS_COLOURS = {1: "36", 2: "32", 3: "36", 4: "33", 5: "31"}
_DIM = "2"
_ENDS = {
    "whole": ("ended", "32"),
    "left": ("left by the client", "36"),
    "cut": ("cut", "33"),
    "broke": ("broke", "31"),
}


def answered(scope: MutableMapping[str, Any], status: int, *details: str) -> str:
    """`GET /api/items 200 · 11 ms`; without a status nothing was sent."""
    shown = _status(status) if status else painted("unanswered", "33")
    return _line(f"{name_of(scope)} {shown}", details)


def opened(scope: MutableMapping[str, Any], status: int, kind: str) -> str:
    """`POST /api/chat 200 · streaming events`."""
    return _line(f"{name_of(scope)} {_status(status)}", (f"streaming {kind}s",))


def closed(scope: MutableMapping[str, Any], end: End, *details: str) -> str:
    """`POST /api/chat ended · 12.3 s · 42 events`."""
    text, colour = _ENDS[end]
    return _line(f"{name_of(scope)} {painted(text, colour)}", details)


def cut(streams: int) -> str:
    """Several that a reload, or the end, cut at once: each would be a line for every save."""
    return _line(painted(f"{streams} streams cut", "33"), ())


def name_of(scope: MutableMapping[str, Any]) -> str:
    """Method and address as they were sent: percent-encoded, so no control sequences get out."""
    path = scope.get("raw_path") or scope["path"].encode("utf-8", "backslashreplace")
    query = b"?" + scope["query_string"] if scope["query_string"] else b""
    address = _printable(path + query)
    if len(address) > LONGEST_ADDRESS:
        address = f"{address[:LONGEST_ADDRESS]}…"
    return f"{_printable(scope.get('method', 'WS').encode())} {address}"


def painted(text: str, colour: str) -> str:
    """In that colour, a number of SGR, if the terminal has any."""
    return f"\x1b[{colour}m{text}\x1b[0m" if colour and os.environ.get("FORCE_COLOR") else text


def duration(seconds: float) -> str:
    """`11 ms`, `12.3 s`, `2 min 5 s`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < _SIXTY:
        return f"{seconds:.1f} s"
    minutes, seconds = divmod(round(seconds), _SIXTY)
    hours, minutes = divmod(minutes, _SIXTY)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"


def amount(count: int, unit: str) -> str:
    """`1 event`, `42 events`."""
    return f"{count:,} {unit}" if count == 1 else f"{count:,} {unit}s"


def size(count: int) -> str:
    """`812 B`, `1.2 kB`, `4.1 MB`."""
    shown = float(count)
    for unit in ("B", "kB", "MB"):
        if shown < _THOUSAND:
            return f"{shown:.0f} {unit}" if unit == "B" else f"{shown:.1f} {unit}"
        shown /= _THOUSAND
    return f"{shown:.1f} GB"


def _status(status: int) -> str:
    return painted(str(status), _STATUS_COLOURS.get(status // 100, "31"))


def _line(text: str, details: tuple[str, ...]) -> str:
    shown = "".join(f" · {detail}" for detail in details)
    return FRESH + text + (painted(shown, _DIM) if shown else "")


def _printable(sent: bytes) -> str:
    """What is not ASCII stays escaped: a name may not turn the direction of the whole line."""
    text = sent.decode("ascii", "backslashreplace")
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
