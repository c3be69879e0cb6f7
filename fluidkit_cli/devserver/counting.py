"""Counts what a stream has sent, from its bytes as they pass."""

from typing import Protocol

_SHOWN_BYTES = 8
"""Enough of an unfinished line to know its field by."""


class Counter(Protocol):
    """What is counted: `unit` names one, `count` tells how many came whole."""

    unit: str
    count: int

    def feed(self, chunk: bytes) -> None: ...


class Chunks:
    """Pieces of a body as they are sent, or messages of a WebSocket in both directions."""

    def __init__(self, unit: str = "chunk") -> None:
        self.unit = unit
        self.count = 0

    def feed(self, chunk: bytes) -> None:
        """Counts it, if it is one."""
        self.count += bool(chunk)


class Records:
    """Lines of JSON; empty ones are none."""

    unit = "line"

    def __init__(self) -> None:
        self.count = 0
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        """Counts the lines that end in it."""
        *lines, rest = (self._rest + chunk).split(b"\n")
        self.count += sum(map(bool, map(bytes.strip, lines)))
        self._rest = rest[:_SHOWN_BYTES]


class Events:
    """Server-sent events with data, see https://html.spec.whatwg.org/#parsing-an-event-stream.

    Comments, such as pings, are none.
    """

    unit = "event"

    def __init__(self) -> None:
        self.count = 0
        self._rest = b""
        self._has_data = False
        self._after_return = False

    def feed(self, chunk: bytes) -> None:
        """Counts the events that end in it."""
        if not chunk:
            return
        after_return, self._after_return = self._after_return, chunk.endswith(b"\r")
        if after_return:  # a "\n" there belongs to it
            chunk = chunk.removeprefix(b"\n")
        if b"\r" in chunk:
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            if not line:
                self.count += self._has_data
                self._has_data = False
            elif line.startswith(b"data"):
                self._has_data = True
        self._rest = rest[:_SHOWN_BYTES]


def counter_of(content_type: bytes) -> Counter:
    """What there is to count in a body of this kind."""
    kind = content_type.partition(b";")[0].strip().lower()
    if kind == b"text/event-stream":
        return Events()
    return Records() if is_records(kind) else Chunks()


def is_records(kind: bytes) -> bool:
    """Whether the media type is one of JSON lines."""
    return kind in _RECORDS or kind.endswith(_RECORD_SUFFIXES)


_RECORDS = (b"application/x-ndjson", b"application/jsonl")
_RECORD_SUFFIXES = (b"+jsonl", b"+ndjson", b"+json-seq", b"/json-seq")
