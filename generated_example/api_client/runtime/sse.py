# Copied by fluidkit. Changes to this file are overwritten.
"""Parses server-sent events, byte for byte as WHATWG HTML 9.2.6 has it."""

from typing import NamedTuple

from .errors import DataError

LIMIT = 16 * 1024 * 1024
"""The longest line, and the longest data of an event, in bytes, unless another one is asked for."""

_BOM = b"\xef\xbb\xbf"
_COLON = 0x3A
_LINE_FEED = 0x0A
_RETURN = 0x0D
_LONGEST_NUMBER = 300
_EXCERPT = 800


class RawEvent(NamedTuple):
    """An event as it came: `data` is UTF-8 that may be broken."""

    event: str
    data: bytes
    id: str


class Run(NamedTuple):
    """Data of plain events, called `message`, that came one after the other."""

    payloads: list[bytes]
    id: str


Found = Run | RawEvent


class EventParser:
    """One connection's parser: `feed` takes its chunks.

    An event without a blank line after it is lost. Beyond the limit `error` is set: what was found
    before still counts, and the parser is of no use afterwards.
    """

    def __init__(self, *, limit: int = LIMIT, last_event_id: str = "") -> None:
        self.last_event_id = last_event_id
        """Of the last whole block: what a new connection sends as `Last-Event-ID`."""
        self.retry: int | None = None
        self.error: DataError | None = None
        self._limit = limit
        self._start: bytes | None = b""
        self._ended_by_return = False
        self._held = bytearray()
        self._is_between = False
        self._id = last_event_id
        self._type = b""
        self._data = bytearray()

    def plain(self, chunk: bytes) -> list[bytes] | None:
        """As `feed`, where there is nothing but whole events of one line each; else None.

        Most chunks of most streams are so, and three searches of a chunk tell it, where a line at
        a time takes a hundred.
        """
        if not self._is_between or chunk[:6] != b"data: " or chunk[-2:] != b"\n\n":
            return None
        if _RETURN in chunk or len(chunk) > self._limit:
            return None
        if chunk.find(_LINE_FEED) == len(chunk) - 2:  # what servers send as it comes
            return [chunk[6:-2]]
        payloads = chunk[6:-2].split(b"\n\ndata: ")
        return payloads if chunk.count(b"\n") == 2 * len(payloads) else None

    def feed(self, chunk: bytes) -> list[Found]:
        """All that is whole with this chunk, in the order of the stream."""
        if self._start is not None:
            chunk = self._without_mark(chunk)
        found: list[Found] = []
        first = 0 if self._is_between else chunk.find(b"\n\n") + 2
        last = chunk.rfind(b"\n\n") + 2
        if first < last > 1:
            self._read(chunk[:first], found)
            block = chunk[first:last]
            payloads = self.plain(block)
            if payloads:
                found.append(Run(payloads, self.last_event_id))
            else:
                self._read(block, found)
            chunk = chunk[last:]
        self._read(chunk, found)
        return found

    def _without_mark(self, chunk: bytes) -> bytes:
        start = (self._start or b"") + chunk
        if len(start) < len(_BOM) and _BOM.startswith(start):
            self._start = start
            return b""
        self._start = None
        self._is_between = True
        return start.removeprefix(_BOM)

    def _read(self, chunk: bytes, found: list[Found]) -> None:
        if not chunk or self.error:
            return
        if self._ended_by_return and chunk[0] == _LINE_FEED:
            chunk = chunk[1:]
        self._ended_by_return = chunk[-1:] == b"\r"
        if _RETURN in chunk:
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = chunk.split(b"\n")
        if lines:
            lines[0] = self._whole(lines[0])
            for line in lines:
                self._read_line(line, found)
        if rest:
            self._held += rest
            self._check(len(self._held), self._held)
        has_begun = (
            self._held or self._data or self._type or self._id != self.last_event_id
        )
        self._is_between = not (has_begun or self._ended_by_return)

    def _whole(self, line: bytes) -> bytes:
        if not self._held:
            return line
        line = bytes(self._held + line)
        self._held.clear()
        return line

    def _read_line(self, line: bytes, found: list[Found]) -> None:
        if not line:
            self._dispatch(found)
            return
        self._check(len(line), line)
        if self.error or line[0] == _COLON:
            return
        name, _, value = line.partition(b":")
        if value[:1] == b" ":
            value = value[1:]
        match name:
            case b"data":
                self._data += value + b"\n"
                self._check(len(self._data) - 1, self._data)
            case b"event":
                self._type = value
            case b"id" if b"\0" not in value:
                self._id = value.decode("utf-8", "replace")
            case b"retry" if value.isdigit():
                self.retry = int(value.lstrip(b"0")[:_LONGEST_NUMBER] or b"0")
            case _:
                pass

    def _dispatch(self, found: list[Found]) -> None:
        self.last_event_id = self._id
        if self._data and not self.error:
            event = self._type.decode("utf-8", "replace") if self._type else "message"
            found.append(RawEvent(event, bytes(self._data[:-1]), self._id))
            self._data.clear()
        self._type = b""

    def _check(self, size: int, line: bytes | bytearray) -> None:
        if size > self._limit and self.error is None:
            self.error = DataError(
                "line_too_long",
                payload=line[:_EXCERPT].decode("utf-8", "replace"),
                reason=f"max_bytes is {self._limit}",
            )
