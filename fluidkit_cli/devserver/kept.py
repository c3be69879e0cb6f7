"""Something that runs all the time, and is started again when it ends by itself."""

from collections.abc import Callable

from . import wording
from .backoff import Backoff
from .edges import Timer


class Kept:
    """Starts it now and again, with growing delays; `warn` gets a line each time it ended."""

    def __init__(
        self, name: str, *, start: Callable[[], None], timer: Timer, warn: Callable[[str], None]
    ) -> None:
        self._name = name
        self._start = start
        self._timer = timer
        self._warn = warn
        self._backoff = Backoff(timer.now)
        self._stopped = False

    def start(self) -> None:
        """Starts it, unless it is to stay away."""
        if self._stopped:
            return
        self._backoff.started()
        try:
            self._start()
        except OSError as error:
            delay = self._backoff.next()
            self._warn(wording.cannot_start(self._name, error, delay=delay))
            self._timer.after(delay, self.start)

    def ended(self, status: int) -> None:
        """It ended; unless it was to, it comes back."""
        if not self._stopped:
            delay = self._backoff.next()
            self._warn(wording.ended(self._name, status, delay=delay))
            self._timer.after(delay, self.start)

    def stop(self) -> None:
        """It does not come back any more."""
        self._stopped = True
