"""The end of a run: workers and Vite first, then the fork servers, the guard last."""

from .edges import Edges
from .guard_ending import GuardEnding
from .workers import Workers

KILL_SECONDS = 5.0
"""How long servers may take to end."""


class Ending:
    """Goes one step further each time it is asked to."""

    def __init__(self, workers: Workers, edges: Edges) -> None:
        self._workers = workers
        self._api = edges.api
        self._web = edges.web
        self._guard = edges.guard
        self._guard_ending = GuardEnding(edges.guard, edges.timer)
        self._timer = edges.timer
        self._closing_api = False
        self.begun = False

    def begin(self) -> None:
        """Asks the servers to end."""
        self.begun = True
        self._workers.end()
        self._web.stop()
        self._timer.after(KILL_SECONDS, self.hurry)

    def hurry(self) -> None:
        """Ends them at once."""
        self._api.kill_all()
        self._web.kill()
        self._guard.kill_others()

    def advance(self) -> bool:
        """Whether nothing of ours is left."""
        if not self.begun or not self._workers.gone or self._web.pid:
            return False
        if not self._closing_api:
            self._closing_api = True
            self._api.close()
        if not self._api.idle:
            return False
        return self._guard_ending.advance()
