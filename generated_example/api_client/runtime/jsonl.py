# Copied by fluidkit. Changes to this file are overwritten.
"""Parses JSON lines: splits bytes at line feeds alone."""

from .errors import DataError
from .sse import LIMIT

_BOM = b"\xef\xbb\xbf"
_EXCERPT = 800


class LineParser:
    """One connection's parser: `feed` takes its chunks, `end` its clean end.

    One BOM at the start is dropped. Lines that are blank, and CRs before their ends, are left in:
    to JSON a CR is white space. Beyond the limit, which is in bytes, `error` is set: the lines
    before still count, and the parser is of no use afterwards.
    """

    def __init__(self, *, limit: int = LIMIT) -> None:
        self.line = 1
        """The line that is being read."""
        self.error: DataError | None = None
        self._limit = limit
        self._held = bytearray()

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that end in this chunk."""
        *lines, rest = chunk.split(b"\n")
        if lines:
            if self._held:
                lines[0] = bytes(self._held + lines[0])
                self._held.clear()
            if self.line == 1:
                lines[0] = lines[0].removeprefix(_BOM)
            lines = self._checked(lines)
            self.line += len(lines)
        if rest and not self.error:
            self._held += rest
            if len(self._held) > self._limit:
                self._fail(self._held)
        return lines

    def end(self) -> list[bytes]:
        """The last line, if it has no line feed."""
        if not self._held or self.error:
            return []
        line = bytes(self._held)
        self._held.clear()
        return [line.removeprefix(_BOM) if self.line == 1 else line]

    def _checked(self, lines: list[bytes]) -> list[bytes]:
        for index, line in (
            enumerate(lines) if max(map(len, lines)) > self._limit else ()
        ):
            if len(line) > self._limit:
                self.line += index
                self._fail(line)
                self.line -= index
                return lines[:index]
        return lines

    def _fail(self, line: bytes | bytearray) -> None:
        text = line[:_EXCERPT].decode("utf-8", "replace")
        reason = f"max_bytes is {self._limit}"
        self.error = DataError(
            "line_too_long", payload=text, reason=reason, line=self.line
        )
