"""Answers for an app that is not there, so that no request hangs: 503 with what is wrong."""

from dataclasses import replace

from .crew import Crew
from .edges import ForkEdge
from .protocol import Explain
from .worker_phase import Worker

LONG_DELAY_SECONDS = 2.0
"""Whoever would wait that long for the next worker is answered meanwhile."""


class StandIn:
    """The worker that comes up to explain, and what it is to say."""

    def __init__(self, crew: Crew, edge: ForkEdge) -> None:
        self._crew = crew
        self._edge = edge
        self._coming: Worker | None = None
        self.explanation = Explain(0, "", "", 0)

    def start(self, saved_at: float, *, fresh: bool) -> None:
        """Has the present explanation given as soon as possible."""
        if self._coming:
            self._crew.end(self._coming, grace=0)
        self._coming = self._crew.add(Worker(0, saved_at, explains=True, fresh=fresh))
        self._edge.fork(replace(self.explanation, worker=self._coming.number, fresh=fresh))

    def forget(self, worker: Worker) -> None:
        """It serves now, or is gone."""
        if worker is self._coming:
            self._coming = None
