"""A worker as the logic of reloads sees it, and what it starts with."""

import signal
from dataclasses import dataclass, field
from enum import Enum

from ..workspace import Reload
from .protocol import Fork, Overrides

_FAULTS = (
    *(signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS),
    *(signal.SIGILL, signal.SIGFPE, signal.SIGTRAP),
)
"""What a process gets for a mistake of its own."""


class Phase(Enum):
    """What a worker is doing."""

    IMPORTING = "importing"
    ON_HOLD = "on hold"
    STARTING = "starting"
    SERVING = "serving"
    RELEASING = "releasing"
    RELEASED = "released"
    ENDING = "ending"


@dataclass(slots=True, eq=False)
class Worker:
    """A worker. `saved_at` is the time of the change that it was started for.

    A `fresh` one has an interpreter of its own instead of a fork. A `paused` one is at the prompt
    of a debugger.
    """

    number: int
    saved_at: float
    hold: bool = False
    explains: bool = False
    fresh: bool = False
    phase: Phase = Phase.IMPORTING
    paused: bool = False

    def breaks_by(self, status: int | None) -> bool:
        """Whether this end says that it could not come up."""
        comes_up = self.phase in (Phase.IMPORTING, Phase.ON_HOLD, Phase.STARTING)
        return comes_up and status is not None and -status in _FAULTS


@dataclass(slots=True)
class Options:
    """What workers start with, and how they take over. All may change between two of them."""

    app: str
    overrides: Overrides = field(default_factory=dict)
    reload: Reload = "overlap"
    fresh: bool = False
    debug: bool = False

    def command(self, worker: Worker) -> Fork:
        """Starts that worker."""
        return Fork(
            worker.number,
            self.app,
            hold=worker.hold,
            overrides=self.overrides,
            fresh=worker.fresh,
            debug=self.debug,
        )
