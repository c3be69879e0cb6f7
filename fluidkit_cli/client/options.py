"""What a caller may say of a stream, and what a stream may hold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict, get_args

from .media import Asked
from .progress import Progress
from .reconnect import Reconnect
from .sse import LIMIT
from .values import Reader

OnInvalid = Literal["raise", "skip"]

AS_CLIENT: Any = object()
"""The client's own time-out."""


class RequestKeywords(TypedDict, total=False):
    """What any request takes beside its own values.

    Attributes:
        headers: Sent beside, and before, those of the client.
        timeout: Seconds for each step of the request: to connect, to send, to wait for more. Of a
            stream it limits all but the last, see `idle_timeout`.
        on_upload_progress: Is told how much of the body has been sent, again and again.
    """

    headers: Mapping[str, str]
    timeout: float | None
    on_upload_progress: Callable[[Progress], object]


class StreamKeywords(RequestKeywords, total=False):
    """What a stream takes beside those, see `StreamOptions`."""

    reconnect: Reconnect | None
    idle_timeout: float | None
    on_invalid: OnInvalid
    last_event_id: str
    max_bytes: int


@dataclass(frozen=True, slots=True)
class RequestOptions:
    """See `RequestKeywords`."""

    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    timeout: float | None = AS_CLIENT
    on_upload_progress: Callable[[Progress], object] | None = None


@dataclass(frozen=True, slots=True)
class StreamOptions(RequestOptions):
    """How a stream is read.

    Attributes:
        reconnect: See `Reconnect`. Unless given, `lost` for a GET of events, else `never`: lines
            and text have no ids, so that a new connection starts over, and what any other method
            does would be done again.
        idle_timeout: Seconds of silence after which a connection counts as lost; None waits for
            ever. There is no limit for the whole of a stream.
        on_invalid: What becomes of an item that is not of its type: `raise` ends the stream with
            `DataError`, `skip` leaves the item out.
        last_event_id: Go on after this event, as a reconnect does.
        ends: Texts, as `[DONE]`, that end the stream where one of them is an event's data.
        max_bytes: The longest line, and the longest data of an event.
    """

    reconnect: Reconnect | None = None
    idle_timeout: float | None = None
    on_invalid: OnInvalid = "raise"
    last_event_id: str = ""
    ends: tuple[str, ...] = ()
    max_bytes: int = LIMIT

    def __post_init__(self) -> None:
        # else a slip of the pen would have a POST done again
        if self.reconnect not in (None, *get_args(Reconnect)):
            raise TypeError(f"reconnect cannot be {self.reconnect!r}: see Reconnect")
        if self.on_invalid not in get_args(OnInvalid):
            raise TypeError(f"on_invalid is 'raise' or 'skip', not {self.on_invalid!r}")


@dataclass(frozen=True, slots=True)
class Content:
    """What a stream may hold: its kinds, and what is read as which type.

    `named` has a reader for each event that is declared, and others are left out. Where there is
    none, `reader` is for all events; it is the one for lines and text. `as_events` has the loop
    give events instead of their values.
    """

    reader: Reader[Any]
    kinds: tuple[Asked, ...]
    named: Mapping[str, Reader[Any]] | None = None
    as_events: bool = False

    def reader_of(self, event: str) -> Reader[Any] | None:
        return self.reader if self.named is None else self.named.get(event)
