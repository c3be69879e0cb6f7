# Copied by fluidkit. Changes to this file are overwritten.
"""Whether a stream is taken up again, and when."""

import random
import time
from typing import Literal

from .errors import ApiError, ClientError, ConnectionFailed, ServerError

Reconnect = Literal["never", "lost", "always"]
"""
- `never`: whatever ends the stream ends it for good;
- `lost`: a connection that was lost after it had been open is taken up again, and so are answers
  502, 503 and 504 to that; a clean end is final, and so is a failure of the server;
- `always`: as a browser's EventSource does, also after either and without a first answer.
"""

_FIRST_DELAY = 0.25
_LONGEST_DELAY = 8.0
_SHORTEST_WISH = 0.1
_LONGEST_WISH = 60.0
_DOUBLINGS = 16
_AWAY = (502, 503, 504)


def is_taken_up_again(error: ClientError, mode: Reconnect, *, was_open: bool) -> bool:
    match error:
        case _ if mode == "never":
            return False
        case ServerError():
            return mode == "always"
        case ConnectionFailed():
            return was_open or mode == "always"
        case ApiError():
            return was_open and error.status in _AWAY
        case _:
            return False


class Backoff:
    """The waits between connections: each is twice the one before, the first again after a success.

    A success is a connection over which an item came, or that outlasted the wait before it: one
    that opens, says nothing of use and breaks off is none.
    """

    def __init__(self) -> None:
        self._attempts = 0
        self._delay = 0.0
        self._succeeds_at = float("inf")

    def opened(self) -> None:
        self._succeeds_at = time.monotonic() + self._delay

    def succeeded(self) -> None:
        self._succeeds_at = 0.0

    def next(self, retry: int | None) -> float:
        """Seconds to wait now; the server wishes for `retry` milliseconds."""
        if time.monotonic() > self._succeeds_at:
            self._attempts = 0
        self._succeeds_at = float("inf")
        self._delay = reconnect_delay(self._attempts, retry)
        self._attempts += 1
        return self._delay


def reconnect_delay(attempt: int, retry: int | None) -> float:
    """Doubled with each attempt, and spread by a quarter, so that not all come at once."""
    first = _FIRST_DELAY
    if retry is not None:
        first = min(max(retry / 1000, _SHORTEST_WISH), _LONGEST_WISH)
    delay = min(first * (1 << min(attempt, _DOUBLINGS)), max(first, _LONGEST_DELAY))
    return delay * (1 + random.random() / 4)
