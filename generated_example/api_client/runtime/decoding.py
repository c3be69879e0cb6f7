# Copied by fluidkit. Changes to this file are overwritten.
"""Makes batches of items of one connection's chunks: events, JSON lines, or text."""

import codecs
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from .errors import ClientError, DataError, DataFailure, ServerError
from .events import ServerSentEvent
from .jsonl import LineParser
from .options import Content, StreamOptions
from .sse import EventParser, RawEvent
from .values import Reader, has_odd_number, is_blank, text_of

FAILURE = "fluidkit.error"
"""The last event of a stream that failed, as `backend/serving` of a workspace sends it."""


@dataclass(slots=True)
class Batch:
    """Items that came together: `read` makes a value of each payload.

    `read` raises `ValidationError` or `DataError` for what `mend` is to look at. `first` is the
    place of the first item in the stream, `line` the line that it stands in, from 1.
    """

    read: Callable[[bytes], Any]
    payloads: list[bytes]
    reader: Reader[Any]
    first: int = 0
    line: int = 0


class Decoder:
    """One connection's: `feed` takes its chunks, `end` its clean end.

    `count` are the items so far, over all connections. When `is_done`, nothing more is worth
    reading: the stream has ended, or failed with `error`.
    """

    def __init__(self, content: Content, options: StreamOptions, *, count: int) -> None:
        self.content = content
        self.options = options
        self.count: int = count
        self.is_done = False
        self.error: ClientError | None = None

    @property
    def line(self) -> int | None:
        """The line that is being read, where lines are counted."""
        return None

    @property
    def retry(self) -> int | None:
        """Milliseconds that the server wishes between two connections."""
        return None

    def feed(self, chunk: bytes) -> list[Batch]:
        raise NotImplementedError

    def end(self) -> list[Batch]:
        return []

    def mend(self, batch: Batch, payload: bytes, error: Exception) -> Any:
        """What an item is that `read` refused.

        Raises:
            DataError: it is not of its type.
            LookupError: it is no item at all.
        """
        try:
            return batch.reader.mend(payload, error, lenient=True)
        except DataError as refused:
            refused.index = batch.first + batch.payloads.index(payload)
            raise

    def fail(self, error: ClientError | None) -> None:
        if error is not None:
            self.is_done = True
            self.error = error


class EventDecoder(Decoder):
    """Server-sent events. `last_event_id` is that of the last whole block."""

    def __init__(
        self,
        content: Content,
        options: StreamOptions,
        *,
        count: int,
        last_event_id: str,
    ) -> None:
        super().__init__(content, options, count=count)
        self._parser = EventParser(limit=options.max_bytes, last_event_id=last_event_id)
        self._ends = frozenset(text.encode() for text in options.ends)
        reader = content.reader_of("message") or content.reader
        self._batch = Batch(reader.read, [], reader)
        self._batches = [self._batch]
        self._is_simple = not (self._ends or content.as_events) and bool(
            content.reader_of("message")
        )

    @property
    def last_event_id(self) -> str:
        return self._parser.last_event_id

    @property
    def retry(self) -> int | None:
        return self._parser.retry

    def feed(self, chunk: bytes) -> list[Batch]:
        if self._is_simple and not has_odd_number(chunk):
            payloads = self._parser.plain(chunk)
            if payloads is not None:
                # the same batch again: making one takes longer than reading a small event
                batch = self._batch
                batch.payloads = payloads
                batch.first = self.count
                self.count += len(payloads)
                return self._batches
        return self._feed(chunk)

    def _feed(self, chunk: bytes) -> list[Batch]:
        batches: list[Batch] = []
        for found in self._parser.feed(chunk):
            if type(found) is list:
                batch = self._plain(found, chunk)
            else:
                batch = self._single(cast(RawEvent, found))
            if batch is not None:
                batches.append(batch)
                self.count += len(batch.payloads)
            if self.is_done:
                return batches
        self.fail(self._parser.error)
        return batches

    def _plain(self, payloads: list[bytes], chunk: bytes) -> Batch | None:
        """A run of events called `message`."""
        if self._ends and not self._ends.isdisjoint(payloads):
            self.is_done = True
            end = next(i for i, payload in enumerate(payloads) if payload in self._ends)
            payloads = payloads[:end]
        reader = self.content.reader_of("message")
        if reader is None:
            return None
        if self.content.as_events:
            read: Callable[[bytes], Any] = _as_events(
                "message", self.last_event_id, reader
            )
        else:
            # one look at the chunk costs far less than one at each event
            read = reader.careful if has_odd_number(chunk) else reader.read
        return Batch(read, payloads, reader, self.count)

    def _single(self, event: RawEvent) -> Batch | None:
        if event.data in self._ends:
            self.is_done = True
            return None
        if event.event == FAILURE:
            self.fail(_server_error(event.data))
            return None
        reader = self.content.reader_of(event.event)
        if reader is None:
            return None
        is_whole = self.content.as_events
        read = _as_events(event.event, event.id, reader) if is_whole else reader.careful
        return Batch(read, [event.data], reader, self.count)


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
        if reader.is_text:
            lines = [line.removesuffix(b"\r") for line in lines if not is_blank(line)]
        batch = Batch(
            reader.careful if is_odd else reader.read, lines, reader, self.count, first
        )
        self.count += len(lines)
        return batch

    def mend(self, batch: Batch, payload: bytes, error: Exception) -> Any:
        if is_blank(payload):
            self.count -= 1
            raise LookupError
        try:
            return batch.reader.mend(payload, error, lenient=False)
        except DataError as refused:
            before = batch.payloads[: batch.payloads.index(payload)]
            line = batch.line + len(before)
            is_cut = line == self.line and refused.kind == "invalid_json"
            kind: DataFailure = "truncated" if is_cut else refused.kind
            told = DataError(kind, payload=refused.payload or "", line=line)
            told.index = batch.first + sum(not is_blank(each) for each in before)
            raise told from error


class TextDecoder(Decoder):
    """Text as it comes, never with half a character."""

    def __init__(self, content: Content, options: StreamOptions, *, count: int) -> None:
        super().__init__(content, options, count=count)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, chunk: bytes) -> list[Batch]:
        return self._batches(self._decoder.decode(chunk))

    def end(self) -> list[Batch]:
        return self._batches(self._decoder.decode(b"", final=True))

    def _batches(self, text: str) -> list[Batch]:
        if not text:
            return []
        reader = self.content.reader
        self.count += 1
        return [Batch(reader.read, [text.encode()], reader, self.count - 1)]


def _as_events(name: str, id: str, reader: Reader[Any]) -> Callable[[bytes], Any]:
    return lambda payload: ServerSentEvent(name, payload, id, read=reader.value)


def _server_error(data: bytes) -> ServerError:
    """By the last line of the data: before it may stand what there was of another event."""
    try:
        return ServerError(json.loads(text_of(data.rpartition(b"\n")[2])))
    except ValueError:
        return ServerError(None)
