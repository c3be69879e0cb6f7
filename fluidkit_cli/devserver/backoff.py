"""How long to wait before something that ended by itself is started again."""

from collections.abc import Callable

DELAYS = (0.5, 1.0, 2.0, 4.0, 8.0, 10.0)
"""Seconds; the last one stays."""

CALM_SECONDS = 3.0
"""What lived that long did not crash because of its start."""


class Backoff:
    """Growing delays for one server, until it has lived long enough or is told to begin anew."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._failures = 0
        self._started = now()

    def started(self) -> None:
        """It runs since now."""
        self._started = self._now()

    def reset(self) -> None:
        """Something has changed: the next delay is the first one again."""
        self._failures = 0

    def next(self) -> float:
        """It ended; how many seconds to wait."""
        if self._now() - self._started >= CALM_SECONDS:
            self._failures = 0
        delay = DELAYS[min(self._failures, len(DELAYS) - 1)]
        self._failures += 1
        return delay
