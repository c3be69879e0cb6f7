"""Notices a worker that is stopped, or blocked by its own code."""

from .edges import ForkEdge, Timer
from .events import Post, Silent
from .protocol import Ping
from .workers import Workers

PING_SECONDS = 2.0
"""Unanswered until the next one, a ping counts as such."""


class Pulse:
    """Pings the worker that serves."""

    def __init__(self, workers: Workers, *, edge: ForkEdge, timer: Timer, post: Post) -> None:
        self._workers = workers
        self._edge = edge
        self._timer = timer
        self._post = post
        self._asked = 0
        self._silent = False

    def beat(self) -> None:
        """Pings, now and from now on."""
        serving = self._workers.serving
        same = serving and serving == self._asked and not self._workers.paused
        if same and not self._silent:
            self._post(Silent(answers=False))
        self._silent = bool(same)
        self._asked = serving
        if serving:
            self._edge.send(serving, Ping())
        self._timer.after(PING_SECONDS, self.beat)

    def answered(self, worker: int) -> None:
        """The worker answered."""
        if worker != self._asked:
            return
        self._asked = 0
        if self._silent:
            self._silent = False
            self._post(Silent(answers=True))
