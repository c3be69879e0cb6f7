"""The life of a stream without its connections: what comes of them, and when it is over."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from .calls import Call
from .decoder import Batch, Decoder
from .errors import ApiError, ClientError, ConnectionFailed, DataError
from .event_decoder import EventDecoder
from .line_decoder import LineDecoder
from .media import ACCEPTED, Kind, kind_of
from .options import Content, StreamOptions
from .reconnect import Backoff, Reconnect, is_taken_up_again
from .text_decoder import TextDecoder

SKIPPED: Any = object()
"""What `mend` returns for an item that is left out."""

UNREADABLE = (ValidationError, DataError)
"""What `read` of a batch raises for what `mend` is to look at."""

OK = 200
NO_CONTENT = 204


class Reading:
    """One stream, over all its connections. Whoever has them tells it what happens, in turn:
    `opened`, and after that `last` and `ended`, or `stopped` when the decoder is done, or `failed`.
    """

    def __init__(self, call: Call, content: Content, options: StreamOptions) -> None:
        self.call = call
        self.content = content
        self.options = options
        self.is_over = False
        self.is_closed = False
        self._last_event_id = options.last_event_id
        self._decoder: Decoder | None = None
        self._count = 0
        self._retry: int | None = None
        self._status: int | None = None
        self._was_open = False
        self._backoff = Backoff()

    @property
    def last_event_id(self) -> str:
        """What a new connection would send."""
        if isinstance(self._decoder, EventDecoder):
            return self._decoder.last_event_id
        return self._last_event_id

    @property
    def headers(self) -> dict[str, str | bytes]:
        """Those of the next connection."""
        headers: dict[str, str | bytes] = {
            "accept": self._accepted,
            "cache-control": "no-cache",
            **self.call.all_headers,
        }
        if self.last_event_id:
            headers["last-event-id"] = self.last_event_id.encode()
        return headers

    @property
    def _accepted(self) -> str:
        return ", ".join(ACCEPTED[kind] for kind in self.content.kinds)

    def close(self) -> None:
        """Whoever reads it wants no more."""
        self.is_over = self.is_closed = True

    def opened(self, status: int, headers: Mapping[str, str]) -> Decoder:
        """What reads the body of an answer that is no error.

        Raises:
            ApiError: the status is none that a stream of events may have.
            DataError: it is not of a kind that was asked for.
        """
        self._status = status
        content_type = headers.get("content-type", "")
        is_empty = status == NO_CONTENT
        kind = "text" if is_empty else kind_of(content_type, self.content.kinds)
        if kind == "events" and status != OK:
            raise ApiError(status, body=None, headers=headers)
        if kind is None:
            raise DataError(
                "content_type",
                payload=content_type or "no type",
                reason=f"asked for {self._accepted}",
            )
        self._last_event_id = self.last_event_id
        self._decoder = self._decoder_of(kind)
        self._decoder.request = self.call.name
        self._was_open = True
        self._backoff.opened()
        return self._decoder

    def _decoder_of(self, kind: Kind) -> Decoder:
        self._count = count = self._decoder.count if self._decoder else 0
        match kind:
            case "events":
                return EventDecoder(
                    self.content,
                    self.options,
                    count=count,
                    last_event_id=self.last_event_id,
                )
            case "lines":
                return LineDecoder(self.content, self.options, count=count)
            case "text":
                return TextDecoder(self.content, self.options, count=count)

    def mend(self, batch: Batch, payload: bytes, error: Exception) -> Any:
        """What an item is that the fast way refused, or `SKIPPED`.

        Raises:
            DataError: it is not of its type.
        """
        assert self._decoder is not None
        try:
            return self._decoder.mend(batch, payload, error)
        except LookupError:
            return SKIPPED
        except DataError as refused:
            if self.options.on_invalid == "skip":
                return SKIPPED
            raise self._decoder.placed(batch, payload, refused) from refused.__cause__

    def last(self) -> Any:
        """The item that the clean end of the body makes whole; `SKIPPED` if there is none.

        Raises:
            DataError: it is not of its type.
        """
        for batch in self._decoder.end() if self._decoder else ():
            for payload in batch.payloads:
                try:
                    return batch.read(payload)
                except UNREADABLE as error:
                    return self.mend(batch, payload, error)
        return SKIPPED

    def ended(self) -> None:
        """The body has ended cleanly.

        Raises:
            ConnectionFailed: it was to go on.
        """
        if self._mode == "always" and self._status != NO_CONTENT:
            raise ConnectionFailed("ended")
        self.is_over = True

    def stopped(self) -> None:
        """The decoder is done.

        Raises:
            ClientError: the stream has failed.
        """
        if self._decoder and self._decoder.error:
            raise self._decoder.error
        self.is_over = True

    def failed(self, error: ClientError) -> float:
        """Seconds to wait until the next connection.

        Raises:
            ClientError: there will be none. It is `error`, which now says all that is known.
        """
        index = self._decoder.count if self._decoder else None
        error.placed(self.call.name, status=self._status, index=index)
        if self._decoder is not None:
            self._retry = (
                self._decoder.retry if self._decoder.retry is not None else self._retry
            )
            if isinstance(error, ConnectionFailed):
                error.line = self._decoder.line
        if not is_taken_up_again(error, self._mode, was_open=self._was_open):
            self.is_over = True
            raise error
        if self._decoder and self._decoder.count > self._count:
            self._backoff.succeeded()
        return self._backoff.next(self._retry)

    @property
    def _mode(self) -> Reconnect:
        given = self.options.reconnect
        if given is not None:
            return given
        is_resumed = self.call.method == "GET" and isinstance(
            self._decoder, EventDecoder
        )
        return "lost" if is_resumed else "never"
