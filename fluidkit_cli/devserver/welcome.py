"""Says the one URL when a page can be opened, or when it is known why not."""

from collections.abc import Iterator

from . import wording
from .banner import banner
from .edges import Edges
from .lines import Spans
from .status import Run, Status


class Welcome:
    """Says each URL once: the web server may have had to move."""

    def __init__(self, run: Run, edges: Edges, *, status: Status) -> None:
        self._run = run
        self._edges = edges
        self._status = status
        self._began = edges.timer.now()
        self._url = ""
        self._state = ""

    @property
    def said(self) -> bool:
        """Whether the start is over."""
        return bool(self._url)

    def wait(self) -> None:
        """Says that it takes a moment, until then."""
        self._edges.screen.pass_on([], "say", unfinished=wording.STARTING)

    def say(self) -> None:
        """Nothing happens before its time, and after it."""
        site = self._edges.web.site
        if self._url == site.url or not self._status.settled:
            return
        self._url = site.url
        self._edges.screen.pass_on([], "say")
        seconds = self._edges.timer.now() - self._began
        self._state = wording.ready(seconds, working=not self._status.failure)
        self.repeat()
        if self._run.open_browser:
            self._edges.notices.open(site.url)

    def repeat(self) -> None:
        """Says it once more, if it has been said."""
        if self.said:
            for line in self._lines():
                self._edges.screen.put(line)

    def _lines(self) -> Iterator[Spans]:
        site = self._edges.web.site
        urls = [site.url, *self._edges.notices.network_urls(site)]
        return banner(self._state, urls, look=self._edges.screen.look)
