"""The end of a run: those who ask first, then those who are asked, the guard last."""

from collections.abc import Sequence
from functools import partial
from signal import SIGKILL, SIGTERM

from ..devserver.clock import Clock
from ..devserver.edges import GuardEdge
from ..devserver.guard_ending import GuardEnding
from .slot import Slot

KILL_SECONDS = 3.0
"""How much longer than they should the servers may take to end."""

Stage = Sequence[Slot]
"""The slots of one server."""


class Ending:
    """Goes one step further each time it is asked to.

    A stage is told to end when the one before it is gone, or has had its `drain_seconds`: pages
    under way may have to ask the API once more.
    """

    def __init__(
        self, stages: Sequence[Stage], *, guard: GuardEdge, timer: Clock, drain_seconds: float
    ) -> None:
        self._stages = list(stages)
        self._guard_ending = GuardEnding(guard, timer)
        self._timer = timer
        self._drain_seconds = drain_seconds
        self.begun = False

    def begin(self) -> None:
        """Asks the servers to end."""
        self.begun = True
        for stage in self._stages[:1]:
            _signal(stage, SIGTERM)
        self._timer.after(self._drain_seconds, partial(self._signal_all, SIGTERM))
        self._timer.after(self._drain_seconds + KILL_SECONDS, self.hurry)

    def hurry(self) -> None:
        """Ends them at once."""
        self._signal_all(SIGKILL)

    def advance(self) -> bool:
        """Whether nothing of ours is left."""
        while self.begun and self._stages and not _lives(self._stages[0]):
            del self._stages[0]
            for stage in self._stages[:1]:
                _signal(stage, SIGTERM)
        if not self.begun or self._stages:
            return False
        return self._guard_ending.advance()

    def _signal_all(self, number: int) -> None:
        for stage in self._stages:
            _signal(stage, number)


def _lives(stage: Stage) -> bool:
    return any(slot.processes for slot in stage)


def _signal(stage: Stage, number: int) -> None:
    for slot in stage:
        for process in slot.processes:
            process.signal(number)
