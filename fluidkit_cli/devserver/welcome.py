"""Says the one URL when a page can be opened, or when it is known why not."""

from . import wording
from .edges import Edges
from .status import Run, Status


class Welcome:
    """Says each URL once: the web server may have had to move."""

    def __init__(self, run: Run, edges: Edges, *, status: Status) -> None:
        self._run = run
        self._edges = edges
        self._status = status
        self._began = edges.timer.now()
        self._url = ""

    @property
    def said(self) -> bool:
        """Whether the start is over."""
        return bool(self._url)

    def say(self) -> None:
        """Nothing happens before its time, and after it."""
        site = self._edges.web.site
        if self._url == site.url or not self._status.settled:
            return
        self._url = site.url
        seconds = self._edges.timer.now() - self._began
        for line in wording.banner(site, seconds, working=not self._status.failure):
            self._edges.screen.put(line)
        if self._run.open_browser:
            self._edges.notices.open(site.url)
