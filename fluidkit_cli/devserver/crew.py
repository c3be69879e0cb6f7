"""Every worker that lives: asks them to end, and ends those that do not do so in time."""

from dataclasses import replace
from functools import partial

from .edges import ForkEdge, Timer
from .protocol import Release, Stop
from .worker_phase import Phase, Worker

RELOAD_GRACE_SECONDS = 10.0
"""For the ordinary requests of a worker that is replaced."""

END_GRACE_SECONDS = 1.0
"""For ordinary requests when all ends."""

KILL_SECONDS = 5.0
"""How long a worker may take beyond its grace; nobody is killed at the prompt of a debugger."""


class Crew:
    """Knows the workers by number."""

    def __init__(self, edge: ForkEdge, timer: Timer) -> None:
        self._edge = edge
        self._timer = timer
        self._all: dict[int, Worker] = {}
        self._count = 0
        self._ending = False

    @property
    def gone(self) -> bool:
        """Whether none is left."""
        return not self._all

    def add(self, worker: Worker) -> Worker:
        """The same with the next number; its process is not started by this."""
        self._count += 1
        added = replace(worker, number=self._count)
        self._all[added.number] = added
        return added

    def find(self, number: int) -> Worker | None:
        """None when it is gone, or about to go."""
        worker = self._all.get(number)
        return None if worker is None or worker.phase is Phase.ENDING else worker

    def ended(self, number: int) -> Worker | None:
        """Its process ended; None when it was to."""
        worker = self.find(number)
        self._all.pop(number, None)
        return worker

    def end(self, worker: Worker, *, grace: float) -> None:
        """Asks it to end within so many seconds."""
        if worker.phase is Phase.IMPORTING:  # it does not listen yet, and has nothing to clean up
            self._edge.kill(worker.number)
        else:
            self._edge.send(worker.number, Stop(grace))
        self._expect_end(worker, grace=grace)

    def release(self, worker: Worker) -> None:
        """Asks it to serve no more, but to stay."""
        worker.phase = Phase.RELEASING
        self._edge.send(worker.number, Release(RELOAD_GRACE_SECONDS))
        self._kill_late(worker, Phase.RELEASING, RELOAD_GRACE_SECONDS)

    def pause(self, number: int, *, paused: bool) -> None:
        """The worker is at the prompt of a debugger, or not any more."""
        if worker := self._all.get(number):
            worker.paused = paused

    def ends_itself(self, worker: Worker) -> None:
        """It has said so."""
        self._expect_end(worker, grace=0)

    def end_all(self) -> None:
        """Asks all to end, for good. A debugger's prompt is no reason to wait any more."""
        self._ending = True
        for worker in list(self._all.values()):
            if worker.paused:
                self._edge.kill(worker.number)
            self.end(worker, grace=END_GRACE_SECONDS)

    def _expect_end(self, worker: Worker, *, grace: float) -> None:
        worker.phase = Phase.ENDING
        self._kill_late(worker, Phase.ENDING, grace)

    def _kill_late(self, worker: Worker, phase: Phase, grace: float) -> None:
        late = partial(self._late, worker, phase, grace)
        self._timer.after(grace + KILL_SECONDS, late)

    def _late(self, worker: Worker, phase: Phase, grace: float) -> None:
        if worker.number not in self._all or worker.phase is not phase:
            return
        if worker.paused and not self._ending:
            self._kill_late(worker, phase, grace)
        else:
            self._edge.kill(worker.number)
