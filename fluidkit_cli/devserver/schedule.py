"""When the next worker starts: at once, or when a burst of saves or a crash loop is over."""

from collections.abc import Callable
from functools import partial

from .edges import Timer

QUIET_SECONDS = 0.1
"""How long saves must rest once one has interrupted a start: a burst is one change."""


class Schedule:
    """Calls `start` with the time of the change; the latest appointment counts."""

    def __init__(self, timer: Timer, *, start: Callable[[float], None]) -> None:
        self._timer = timer
        self._start = start
        self._latest = 0
        self._burst = False

    def saved(self, saved_at: float, *, interrupts: bool) -> None:
        """A change is to be served; whether a start was given up for it."""
        self._burst = interrupts or self._burst
        self.after(QUIET_SECONDS if self._burst else 0, saved_at)

    def after(self, seconds: float, saved_at: float) -> None:
        """Starts one so many seconds from now."""
        self.cancel()
        if seconds:
            self._timer.after(seconds, partial(self._due, self._latest, saved_at))
        else:
            self._start(saved_at)

    def cancel(self) -> None:
        """Starts none."""
        self._latest += 1

    def _due(self, appointment: int, saved_at: float) -> None:
        if appointment == self._latest:
            self._burst = False
            self._start(saved_at)
