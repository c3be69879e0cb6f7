# Copied by fluidkit. Changes to this file are overwritten.
"""What makes batches of items of one connection's chunks, whatever those hold."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .errors import ClientError, DataError
from .options import Content, StreamOptions
from .values import Reader


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
        self.request = ""
        """How messages name the call."""
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
        return batch.reader.mend(payload, error, lenient=True)

    def placed(self, batch: Batch, payload: bytes, error: DataError) -> DataError:
        """What `mend` raised, which now says where in the stream that was."""
        error.index = batch.first + batch.payloads.index(payload)
        return error

    def fail(self, error: ClientError | None) -> None:
        if error is not None:
            self.is_done = True
            self.error = error
