"""How a run stands, for everybody who reads `.fluidkit/`."""

from dataclasses import dataclass

from .edges import NoticesEdge
from .events import ServerName
from .protocol import Failed
from .state import DevState, Phase, Running, Serving
from .web_server import Site


@dataclass(frozen=True, slots=True)
class Run:
    """What stays the same. `pid` and `started` tell our own process from any other."""

    run_id: str
    pid: int
    started: int
    debug: bool = False
    open_browser: bool = False


class Status:
    """Publishes what has changed; `failure` is what is wrong with the user's newest code."""

    def __init__(self, run: Run, notices: NoticesEdge) -> None:
        self._run = run
        self._notices = notices
        self._published: DevState | None = None
        self.answered: set[ServerName] = set()
        self.clients_written = False
        self.failure: Failed | None = None
        self.stopping = False

    @property
    def settled(self) -> bool:
        """Whether a page can be opened, or it is known why the API does not answer."""
        return self._complete or ("web" in self.answered and self.failure is not None)

    @property
    def _complete(self) -> bool:
        """Pages import the clients: without them an answer of Vite's would be an error."""
        return {"api", "web"} <= self.answered and self.clients_written

    def broke(self, failure: Failed, *, serving: bool) -> None:
        """Shows the failure in the browser until it is mended; `serving` tells of good code."""
        self.failure = failure
        self._notices.show_error(failure, serving=serving)

    def mended(self) -> bool:
        """Takes it away, if there is one; whether there was."""
        if not self.failure:
            return False
        self.failure = None
        self._notices.show_error(None)
        return True

    def publish(self, site: Site, *, api: int, web: int, guard: int) -> None:
        """Says which processes there are, if that or anything else is new."""
        run = self._run
        state = DevState(
            pid=run.pid,
            started=run.started,
            run_id=run.run_id,
            state=self._phase(),
            url=site.url,
            guard=Running(guard),
            api=Serving(api, site.api_port, site.api_url),
            web=Serving(web, site.port, site.url),
        )
        if state != self._published:
            self._published = state
            self._notices.publish(state)

    def _phase(self) -> Phase:
        if self.stopping:
            return "stopping"
        if self.failure and "web" in self.answered:  # before that the URL may still change
            return "error"
        return "ready" if self._complete else "starting"
