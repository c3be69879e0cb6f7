"""Notices a process that lives and does nothing."""

from collections.abc import Callable

from ..devserver.clock import Clock

MISSES = 6
"""Heartbeats that stay away from one that hangs."""

UNWATCHED_SECONDS = 5.0
"""Between two heartbeats that nobody waits for: who says that it lives learns whether we do."""


def heartbeat(seconds: float) -> float:
    """How often a process says that it lives, if one that hangs is to be known after `seconds`."""
    return seconds / MISSES or UNWATCHED_SECONDS


class Watch:
    """Asks again and again who has been heard of since it asked last, from `heard` to `forget`.

    It counts how often in vain: whoever was stopped together with us, by a suspended machine or a
    busy one, has missed little of that. With 0 `seconds` it lets everybody be.
    """

    def __init__(self, timer: Clock, seconds: float, *, hangs: Callable[[int], None]) -> None:
        self._timer = timer
        self._interval = heartbeat(seconds)
        self._is_wanted = seconds > 0
        self._hangs = hangs
        self._missed: dict[int, int] = {}

    def start(self) -> None:
        """Looks after it, now and from now on."""
        if self._is_wanted:
            self._timer.after(self._interval, self._look)

    def heard(self, pid: int) -> None:
        """The process has said that it lives."""
        self._missed[pid] = 0

    def forget(self, pid: int) -> None:
        """The process will not say so again."""
        self._missed.pop(pid, None)

    def _look(self) -> None:
        self._timer.after(self._interval, self._look)
        for pid in list(self._missed):
            self._missed[pid] += 1
            if self._missed[pid] > MISSES:
                self._missed[pid] = 0
                self._hangs(pid)
