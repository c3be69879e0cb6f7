"""The end of the guard, which is the last step of every run."""

from .edges import GuardEdge, Timer

END_SECONDS = 3.0
"""How long it may take: it ends what is left, and gives that a second."""


class GuardEnding:
    """Goes one step further each time it is asked to."""

    def __init__(self, guard: GuardEdge, timer: Timer) -> None:
        self._guard = guard
        self._timer = timer
        self._begun = False

    def advance(self) -> bool:
        """Whether it is gone. The first time it is told to go."""
        if not self._begun:
            self._begun = True
            self._guard.close()
            self._timer.after(END_SECONDS, self._guard.kill)
        return not self._guard.pid
