"""Which worker serves, which one comes up, and which ones go: the logic of a reload."""

from dataclasses import replace
from functools import partial
from typing import assert_never

from ..workspace import Reload
from .backoff import Backoff
from .edges import ForkEdge, Timer
from .events import Broke, Crashed, HandsOver, Post, Served, WorkerEnded, WorkerReported
from .protocol import (
    Explain,
    Failed,
    Fork,
    Imported,
    Overrides,
    Pong,
    Ready,
    Release,
    Released,
    Resume,
    Start,
    Stop,
)
from .worker_phase import Phase, Worker

RELOAD_GRACE_SECONDS = 10.0
"""For the ordinary requests of a worker that is replaced."""

END_GRACE_SECONDS = 1.0
"""For ordinary requests when all ends."""

KILL_SECONDS = 5.0
"""How long a worker may take beyond its grace."""

QUIET_SECONDS = 0.1
"""How long saves must rest once one has interrupted a start: a burst is one change."""

LONG_DELAY_SECONDS = 2.0
"""Whoever would wait that long for the next worker is answered meanwhile."""


class Workers:
    """At most one worker serves and one comes up; any number may be ending.

    `app`, `overrides` and `reload` are read at each fork. Ways of a change:

    - overlap: the new worker imports and starts beside the old one, which ends when it is ready.
    - handover: it imports and waits on hold; the old one is released, then it starts. A released
      worker whose successor does not start takes up its service again.
    - Startup fails in the overlap: handover is tried, and kept to when it helps.
    - Nothing serves: a worker that explains stands in.
    """

    def __init__(self, app: str, *, edge: ForkEdge, timer: Timer, post: Post) -> None:
        self.app = app
        self.overrides: Overrides = {}
        self.reload: Reload = "overlap"
        self._edge = edge
        self._timer = timer
        self._post = post
        self._all: dict[int, Worker] = {}
        self._serving: Worker | None = None
        self._coming: Worker | None = None
        self._explaining: Worker | None = None
        self._count = 0
        self._schedule = 0
        self._burst = False
        self._ending = False
        self._explanation = Explain(0, "", "", 0)
        self._backoff = Backoff(timer.now)

    @property
    def serving(self) -> int:
        """The number of the worker that answers requests, 0 for none."""
        return self._serving.number if self._serving else 0

    @property
    def app_serves(self) -> bool:
        """Whether that one has good code, and does not only explain."""
        return self._serving is not None and not self._serving.explains

    @property
    def newest(self) -> int:
        """The number of the worker with the newest code, 0 for none."""
        newest = self._coming or self._serving
        return newest.number if newest else 0

    @property
    def gone(self) -> bool:
        """Whether none is left."""
        return not self._all

    def renew(self, saved_at: float) -> None:
        """Starts a worker with the newest code."""
        self._backoff.reset()
        self._burst = self._abandon() or self._burst
        self._fork_after(QUIET_SECONDS if self._burst else 0, saved_at)

    def end(self) -> None:
        """Ends all, gently, for good."""
        self._ending = True
        self._schedule += 1
        for worker in list(self._all.values()):
            self._end(worker, grace=END_GRACE_SECONDS)

    def reported(self, message: WorkerReported) -> None:
        """A worker said something."""
        worker = self._all.get(message.worker)
        if worker is None or worker.phase is Phase.ENDING:
            return
        match message.report:
            case Imported():
                worker.phase = Phase.ON_HOLD if worker.hold else Phase.STARTING
                self._hand_over()
            case Ready():
                self._became_ready(worker, message.report.modules)
            case Released():
                worker.phase = Phase.RELEASED
                self._hand_over()
            case Failed():
                self._failed(worker, message.report)
            case Pong():
                pass
            case _:
                assert_never(message.report)

    def ended(self, message: WorkerEnded) -> None:
        """A worker's process ended."""
        worker = self._all.pop(message.worker, None)
        if worker is None or worker.phase is Phase.ENDING:
            return
        self._forget(worker)
        delay = 0.0 if self._coming else self._backoff.next()
        self._post(Crashed(message.status, delay))
        if worker.explains:
            self._timer.after(delay, self._explain)
            return
        self._hand_over()
        if not self._coming:
            self._fork_after(delay, self._timer.now() + delay)
            if delay >= LONG_DELAY_SECONDS:
                self._explanation = Explain(0, "The API ended by itself; it starts again", "", 0)
                self._explain()

    def _fork_after(self, seconds: float, saved_at: float) -> None:
        """The latest call counts."""
        self._schedule += 1
        if seconds:
            self._timer.after(seconds, partial(self._fork_due, self._schedule, saved_at))
        else:
            self._fork(saved_at, hold=self.reload == "handover" and self.app_serves)

    def _fork_due(self, schedule: int, saved_at: float) -> None:
        if schedule == self._schedule:
            self._burst = False
            self._fork_after(0, saved_at)

    def _fork(self, saved_at: float, *, hold: bool) -> None:
        self._coming = self._new(Worker(self._next_number(), saved_at, hold=hold))
        self._edge.fork(Fork(self._coming.number, self.app, hold, self.overrides))

    def _new(self, worker: Worker) -> Worker:
        self._all[worker.number] = worker
        return worker

    def _next_number(self) -> int:
        self._count += 1
        return self._count

    def _abandon(self) -> bool:
        """Ends the worker that comes up; whether there was one."""
        coming, self._coming = self._coming, None
        if coming:
            self._end(coming, grace=0)
        return coming is not None

    def _end(self, worker: Worker, *, grace: float) -> None:
        if worker.phase is Phase.IMPORTING:  # it does not listen yet, and has nothing to clean up
            self._edge.kill(worker.number)
        else:
            self._edge.send(worker.number, Stop(grace))
            self._timer.after(grace + KILL_SECONDS, partial(self._kill, worker))
        worker.phase = Phase.ENDING

    def _kill(self, worker: Worker) -> None:
        if worker.number in self._all:
            self._edge.kill(worker.number)

    def _hand_over(self) -> None:
        """Brings a worker on hold, and a released one, one step further."""
        old, new = self._serving, self._coming
        if new and new.phase is Phase.ON_HOLD:
            if old is None or old.explains or old.phase is Phase.RELEASED:
                new.phase = Phase.STARTING
                self._edge.send(new.number, Start())
            elif old.phase is Phase.SERVING:
                old.phase = Phase.RELEASING
                self._edge.send(old.number, Release(RELOAD_GRACE_SECONDS))
                limit = RELOAD_GRACE_SECONDS + KILL_SECONDS
                self._timer.after(limit, partial(self._kill_if_releasing, old))
        elif old and old.phase is Phase.RELEASED and not new:
            old.phase = Phase.STARTING
            self._edge.send(old.number, Resume())

    def _kill_if_releasing(self, worker: Worker) -> None:
        if worker.phase is Phase.RELEASING:
            self._kill(worker)

    def _became_ready(self, worker: Worker, modules: tuple[str, ...]) -> None:
        worker.phase = Phase.SERVING
        if worker is self._serving:
            self._hand_over()  # it had been released and resumed; another one may be on hold
        elif worker.explains and self.app_serves:
            self._explaining = None
            self._end(worker, grace=0)
        else:
            self._replace(worker)
            if not worker.explains:
                self._post(Served(worker.number, worker.saved_at, modules))

    def _replace(self, worker: Worker) -> None:
        old, self._serving = self._serving, worker
        if old:
            self._end(old, grace=RELOAD_GRACE_SECONDS)
        if worker.explains:
            self._explaining = None
            return
        self._coming = None
        self._backoff.started()
        if worker.hold and self.reload == "overlap":
            self.reload = "handover"
            self._post(HandsOver())

    def _failed(self, worker: Worker, failure: Failed) -> None:
        self._forget(worker)
        worker.phase = Phase.ENDING  # by itself
        self._timer.after(KILL_SECONDS, partial(self._kill, worker))
        if failure.stage == "startup" and not worker.hold and self.app_serves:
            self._fork(worker.saved_at, hold=True)
            return
        self._post(Broke(failure))
        self._explanation = Explain(0, failure.text, failure.file, failure.line)
        self._explain()
        self._hand_over()

    def _forget(self, worker: Worker) -> None:
        if worker is self._serving:
            self._serving = None
        elif worker is self._coming:
            self._coming = None
        elif worker is self._explaining:
            self._explaining = None

    def _explain(self) -> None:
        """Answers with the explanation from now on, unless good code is there."""
        if self._ending or self.app_serves:
            return
        if self._explaining:
            self._end(self._explaining, grace=0)
        worker = Worker(self._next_number(), self._timer.now(), explains=True)
        self._explaining = self._new(worker)
        self._edge.fork(replace(self._explanation, worker=worker.number))
