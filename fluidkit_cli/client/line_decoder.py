"""Makes items of JSON lines."""

from collections.abc import Callable
from typing import Any

from .decoder import Batch, Decoder
from .errors import DataError
from .jsonl import LineParser
from .options import Content, StreamOptions
from .values import Reader, decoded, has_odd_number, is_blank


class LineDecoder(Decoder):
    """JSON lines, of which blank ones are no items."""

    def __init__(self, content: Content, options: StreamOptions, *, count: int) -> None:
        super().__init__(content, options, count=count)
        self._parser = LineParser(limit=options.max_bytes)

    @property
    def line(self) -> int:
        return self._parser.line

    def feed(self, chunk: bytes) -> list[Batch]:
        first = self._parser.line
        lines = self._parser.feed(chunk)
        self.fail(self._parser.error)
        # the first line may have come in pieces, and a chunk have a part of such a number
        is_odd = has_odd_number(chunk) or (bool(lines) and has_odd_number(lines[0]))
        return [self._batch(lines, first, is_odd=is_odd)] if lines else []

    def end(self) -> list[Batch]:
        """A last line without a line feed counts only when it is an item."""
        lines = self._parser.end()
        return [self._batch(lines, self.line, is_odd=True)] if lines else []

    def _batch(self, lines: list[bytes], first: int, *, is_odd: bool) -> Batch:
        reader = self.content.reader
        read = reader.careful if is_odd else reader.read
        if reader.is_text:
            read = _strictly(reader)
            lines = [line.removesuffix(b"\r") for line in lines if not is_blank(line)]
        batch = Batch(read, lines, reader, self.count, first)
        self.count += len(lines)
        return batch

    def mend(self, batch: Batch, payload: bytes, error: Exception) -> Any:
        if is_blank(payload):
            self.count -= 1
            raise LookupError
        return batch.reader.mend(payload, error, lenient=False)

    def placed(self, batch: Batch, payload: bytes, error: DataError) -> DataError:
        before = batch.payloads[: batch.payloads.index(payload)]
        line = batch.line + len(before)
        is_cut = line == self.line and error.kind == "invalid_json"
        told = DataError(
            "truncated" if is_cut else error.kind,
            payload=(error.payload or "").removesuffix("\r"),
            reason=error.reason,
            line=line,
        )
        told.index = batch.first + sum(not is_blank(each) for each in before)
        return told


def _strictly(reader: Reader[Any]) -> Callable[[bytes], Any]:
    def read(payload: bytes) -> Any:
        decoded(payload)
        return reader.read(payload)

    return read
