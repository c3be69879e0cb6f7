"""What workers say and how they end, told to all whom it concerns."""

from typing import assert_never

from .debugging import Debugging
from .dependencies import Dependencies
from .edges import Edges
from .events import Post, WorkerEnded, WorkerForked, WorkerPrompts, WorkerReported
from .forks import Forks
from .protocol import Pong, Uses
from .pulse import PING_SECONDS, Pulse
from .workers import Workers


class Hearing:
    """Knows the workers' processes."""

    def __init__(self, edges: Edges, *, workers: Workers, forks: Forks, post: Post) -> None:
        self._edges = edges
        self._workers = workers
        self._forks = forks
        self._debugging = Debugging(edges, workers=workers, post=post)
        self._dependencies = Dependencies(edges.watcher)
        self._pulse = Pulse(workers, edge=edges.api, timer=edges.timer, post=post)
        self._pids: dict[int, int] = {}

    @property
    def serving(self) -> int:
        """The process that answers requests, 0 for none."""
        return self._pids.get(self._workers.serving, 0)

    def start(self) -> None:
        """Begins to ask whether they are alive; what a debugger may have stopped is not asked."""
        self._debugging.start()
        if not self._edges.debugger:
            self._edges.timer.after(PING_SECONDS, self._pulse.beat)

    def stop(self) -> None:
        """Debuggers leave them."""
        self._debugging.stop()

    def hear(self, message: WorkerForked | WorkerReported | WorkerPrompts | WorkerEnded) -> None:
        """Something about one of them."""
        match message:
            case WorkerForked():
                self._pids[message.worker] = message.pid
                self._edges.guard.add(message.pid)
            case WorkerReported():
                self._reported(message)
            case WorkerPrompts():
                self._debugging.reported(message, pid=self._pids.get(message.worker, 0))
            case WorkerEnded():
                if pid := self._pids.pop(message.worker, 0):
                    self._edges.guard.drop(pid)
                self._debugging.ended(message.worker)
                self._workers.ended(message)
            case _:
                assert_never(message)

    def _reported(self, message: WorkerReported) -> None:
        match message.report:
            case Pong():
                self._pulse.answered(message.worker)
            case Uses():
                self._dependencies.uses(message.report)
                self._forks.learn(message.report.modules)
            case _:
                self._debugging.heard(message)
                self._workers.reported(message)
