# Copied by fluidkit. Changes to this file are overwritten.
"""Makes items of server-sent events."""

import json
from collections.abc import Callable
from typing import Any

from .decoder import Batch, Decoder
from .errors import DataError, ServerError
from .events import ServerSentEvent
from .options import Content, StreamOptions
from .sse import EventParser, RawEvent, Run
from .values import Reader, has_odd_number, text_of

FAILURE = "fluidkit.error"
"""The last event of a stream that failed, as `backend/serving` of a workspace sends it."""


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
            match found:
                case Run():
                    batch = self._run(found, chunk)
                case RawEvent():
                    batch = self._single(found)
            if batch is not None:
                batches.append(batch)
                self.count += len(batch.payloads)
            if self.is_done:
                return batches
        self.fail(self._parser.error)
        return batches

    def _run(self, run: Run, chunk: bytes) -> Batch | None:
        payloads = run.payloads
        if self._ends and not self._ends.isdisjoint(payloads):
            self.is_done = True
            end = next(i for i, payload in enumerate(payloads) if payload in self._ends)
            payloads = payloads[:end]
        reader = self.content.reader_of("message")
        if reader is None:
            return None
        if self.content.as_events:
            read: Callable[[bytes], Any] = self._as_events("message", run.id, reader)
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
        read = (
            self._as_events(event.event, event.id, reader)
            if is_whole
            else reader.careful
        )
        return Batch(read, [event.data], reader, self.count)

    def _as_events(
        self, name: str, id: str, reader: Reader[Any]
    ) -> Callable[[bytes], Any]:
        def value(payload: bytes) -> Any:
            try:
                return reader.value(payload)
            except DataError as error:
                raise error.placed(self.request) from error.__cause__

        return lambda payload: ServerSentEvent(name, payload, id, read=value)


def _server_error(data: bytes) -> ServerError:
    """By the last line of the data: before it may stand what there was of another event."""
    try:
        return ServerError(json.loads(text_of(data.rpartition(b"\n")[2])))
    except ValueError:
        return ServerError(None)
