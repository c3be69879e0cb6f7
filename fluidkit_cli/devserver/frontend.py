"""Vite's life: it runs all the time, and moves when somebody else took its port."""

from collections.abc import Callable

from . import wording
from .edges import Edges
from .kept import Kept
from .status import Status


class Frontend:
    """Starts the web server, and again when it ends; `warn` gets a line each time."""

    def __init__(self, edges: Edges, *, status: Status, warn: Callable[[str], None]) -> None:
        self._web = edges.web
        self._notices = edges.notices
        self._status = status
        self._warn = warn
        self._restarting = False
        self._kept = Kept("Vite", start=self._start, timer=edges.timer, warn=warn)

    def start(self) -> None:
        """Starts it, and asks it until it answers."""
        self._kept.start()

    def poll(self) -> None:
        """It looks for changed files from now on, as the system does not tell."""
        if not self._web.polls:
            self._web.polls = True
            self.restart()

    def restart(self) -> None:
        """What it was started with has changed."""
        if self._web.pid:
            self._restarting = True
            self._web.stop()

    def stop(self) -> None:
        """It does not come back any more."""
        self._kept.stop()

    def ended(self, status: int) -> None:
        """It ended: before its first answer perhaps because its port is somebody else's.

        Raises:
            MissingTool: that port is pinned.
        """
        self._web.ended()
        restarting, self._restarting = self._restarting, False
        answered = "web" in self._status.answered
        self._status.answered.discard("web")
        if restarting:
            self._kept.start()
            return
        port = self._web.site.port
        if answered or not self._web.move():
            self._kept.ended(status)
            return
        self._warn(wording.moved(port, self._web.site))
        self._kept.start()

    def _start(self) -> None:
        self._web.start()
        self._notices.ask("web", self._web.site)
