"""Which worker serves, which one comes up, and which ones go: the logic of a reload."""

from typing import assert_never

from . import wording
from .backoff import Backoff
from .crew import RELOAD_GRACE_SECONDS, Crew
from .edges import ForkEdge, Timer
from .events import (
    Broke,
    Crashed,
    FallsBack,
    HandsOver,
    Post,
    Served,
    WorkerEnded,
    WorkerReported,
)
from .protocol import (
    Debugs,
    Explain,
    Failed,
    Imported,
    Pong,
    Ready,
    Released,
    Resume,
    Start,
    Uses,
)
from .schedule import Schedule
from .stand_in import LONG_DELAY_SECONDS, StandIn
from .worker_phase import Options, Phase, Worker


class Workers:
    """At most one worker serves and one comes up; any number may be ending.

    `options` are read at each start. Ways of a change:

    - overlap: the new worker imports and starts beside the old one, which ends when it is ready.
    - handover: it imports and waits on hold; the old one is released, then it starts. A released
      worker whose successor does not start takes up its service again.
    - Startup fails in the overlap: handover is tried, and kept to when it helps.
    - A fork dies as it comes up, or a library fails in it: a fresh interpreter is tried, and kept
      to when it helps.
    - Nothing serves: a worker that explains stands in.
    """

    def __init__(self, app: str, *, edge: ForkEdge, timer: Timer, post: Post) -> None:
        self.options = Options(app)
        self._edge = edge
        self._timer = timer
        self._post = post
        self._crew = Crew(edge, timer)
        self._stand_in = StandIn(self._crew, edge)
        self._serving: Worker | None = None
        self._coming: Worker | None = None
        self._schedule = Schedule(timer, start=self._start_newest)
        self._ending = False
        self._fault = ""
        self._backoff = Backoff(timer.now)

    @property
    def serving(self) -> int:
        """The number of the worker that answers requests, 0 for none."""
        return self._serving.number if self._serving else 0

    @property
    def paused(self) -> bool:
        """Whether that one is at the prompt of a debugger."""
        return self._serving is not None and self._serving.paused

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
        return self._crew.gone

    def renew(self, saved_at: float) -> None:
        """Starts a worker with the newest code."""
        self._backoff.reset()
        self._schedule.saved(saved_at, interrupts=self._abandon())

    def fork_no_more(self, fault: str) -> None:
        """Starts fresh interpreters from now on."""
        if not self.options.fresh:
            self.options.fresh = True
            self._post(FallsBack(fault))

    def end(self) -> None:
        """Ends all, gently, for good."""
        self._ending = True
        self._schedule.cancel()
        self._crew.end_all()

    def pause(self, number: int, *, paused: bool) -> None:
        """The worker is at the prompt of a debugger, or not any more."""
        self._crew.pause(number, paused=paused)

    def reported(self, message: WorkerReported) -> None:
        """A worker said something."""
        worker = self._crew.find(message.worker)
        if worker is None:
            return
        match message.report:
            case Imported():
                worker.phase = Phase.ON_HOLD if worker.hold else Phase.STARTING
                self._hand_over()
            case Ready():
                self._became_ready(worker)
            case Released():
                worker.phase = Phase.RELEASED
                self._hand_over()
            case Failed():
                self._failed(worker, message.report)
            case Debugs() | Pong() | Uses():
                pass  # others listen to these
            case _:
                assert_never(message.report)

    def ended(self, message: WorkerEnded) -> None:
        """A worker's process ended."""
        worker = self._crew.ended(message.worker)
        if worker is None:
            return
        self._forget(worker)
        fault = wording.ended_how(message.status)
        if worker.breaks_by(message.status) and self._try_fresh(worker, fault):
            return
        delay = 0.0 if self._coming else self._backoff.next()
        self._post(Crashed(message.status, delay))
        if worker.explains:
            self._timer.after(delay, self._explain)
            return
        self._hand_over()
        if not self._coming:
            self._schedule.after(delay, self._timer.now() + delay)
            if delay >= LONG_DELAY_SECONDS:
                text = "The API ended by itself; it starts again"
                self._stand_in.explanation = Explain(0, text, "", 0)
                self._explain()

    def _start_newest(self, saved_at: float) -> None:
        hold = self.options.reload == "handover" and self.app_serves
        self._start(Worker(0, saved_at, hold=hold, fresh=self.options.fresh))

    def _start(self, worker: Worker) -> None:
        added = self._crew.add(worker)
        self._coming = added
        self._edge.fork(self.options.command(added))

    def _try_fresh(self, worker: Worker, fault: str) -> bool:
        """Gives what came to grief in a fork another chance, unless that did not help before."""
        if worker.fresh or worker.explains or fault == self._fault:
            return False
        self._fault = fault
        self._start(Worker(0, worker.saved_at, hold=worker.hold, fresh=True))
        return True

    def _abandon(self) -> bool:
        """Ends the worker that comes up; whether there was one."""
        coming, self._coming = self._coming, None
        if coming:
            self._crew.end(coming, grace=0)
        return coming is not None

    def _hand_over(self) -> None:
        """Brings a worker on hold, and a released one, one step further."""
        old, new = self._serving, self._coming
        if new and new.phase is Phase.ON_HOLD:
            if old is None or old.explains or old.phase is Phase.RELEASED:
                new.phase = Phase.STARTING
                self._edge.send(new.number, Start())
            elif old.phase is Phase.SERVING:
                self._crew.release(old)
        elif old and old.phase is Phase.RELEASED and not new:
            old.phase = Phase.STARTING
            self._edge.send(old.number, Resume())

    def _became_ready(self, worker: Worker) -> None:
        worker.phase = Phase.SERVING
        if worker is self._serving:
            self._hand_over()  # it had been released and resumed; another one may be on hold
        elif worker.explains and self.app_serves:
            self._stand_in.forget(worker)
            self._crew.end(worker, grace=0)
        else:
            self._replace(worker)
            if not worker.explains:
                self._post(Served(worker.number, worker.saved_at))

    def _replace(self, worker: Worker) -> None:
        old, self._serving = self._serving, worker
        if old:
            self._crew.end(old, grace=RELOAD_GRACE_SECONDS)
        if worker.explains:
            self._stand_in.forget(worker)
            return
        self._coming = None
        self._backoff.started()
        if worker.hold and self.options.reload == "overlap":
            self.options.reload = "handover"
            self._post(HandsOver())
        if worker.fresh:
            self.fork_no_more(self._fault)
        self._fault = ""

    def _failed(self, worker: Worker, failure: Failed) -> None:
        self._forget(worker)
        self._crew.ends_itself(worker)
        if failure.stage == "startup" and not worker.hold and self.app_serves:
            self._start(Worker(0, worker.saved_at, hold=True, fresh=worker.fresh))
            return
        is_told = worker.fresh and not self.options.fresh and failure.text == self._fault
        if not is_told:
            self._break(failure)
        if failure.in_library:
            self._try_fresh(worker, failure.text)
        self._hand_over()

    def _break(self, failure: Failed) -> None:
        self._post(Broke(failure))
        self._stand_in.explanation = Explain(0, failure.text, failure.file, failure.line)
        self._explain()

    def _forget(self, worker: Worker) -> None:
        if worker is self._serving:
            self._serving = None
        elif worker is self._coming:
            self._coming = None
        else:
            self._stand_in.forget(worker)

    def _explain(self) -> None:
        """Answers with the explanation from now on, unless good code is there."""
        if not self._ending and not self.app_serves:
            self._stand_in.start(self._timer.now(), fresh=self.options.fresh)
