"""What the keys do while `fluidkit dev` runs."""

from collections.abc import Callable

from . import banner, wording
from .edges import Edges
from .report import Report
from .workers import Workers


class Shortcuts:
    """`press` does what a key stands for; `end` ends the run."""

    def __init__(
        self, edges: Edges, *, workers: Workers, report: Report, end: Callable[[], None]
    ) -> None:
        self._edges = edges
        self._workers = workers
        self._report = report
        self._end = end

    def press(self, key: str) -> None:
        """Any other key does nothing."""
        match key:
            case "r":
                self._workers.renew(self._edges.timer.now())
            case "o":
                self._edges.notices.open(self._edges.web.site.url)
            case "c":
                self._edges.screen.clear()
                self._report.welcome.repeat()
            case "l":
                self._list_routes()
            case "q":
                self._end()
            case "h":
                for line in banner.shortcuts():
                    self._edges.screen.put(line)
            case "\n":  # a gap in the log, as people like to make one
                self._edges.screen.put("")

    def _list_routes(self) -> None:
        described = self._report.newest
        if described:
            self._edges.listing.show(described.api, workspace=described.workspace)
        else:
            self._edges.screen.put(wording.NO_ROUTES_YET, "warn")
