"""What becomes of the newest code, told to the terminal, the browser and `.fluidkit/`."""

from dataclasses import dataclass
from typing import assert_never

from ..workspace import Workspace
from . import wording
from .clients import LINE_SECONDS, Clients, Reload
from .edges import Edges
from .events import (
    Broke,
    Crashed,
    FallsBack,
    Generated,
    GenerationFailed,
    HandsOver,
    Served,
    ServerName,
    Silent,
    WorkerDescribed,
)
from .status import Run, Status
from .welcome import Welcome
from .workers import Workers

Outcome = Served | Broke | Crashed | HandsOver | FallsBack | Silent


@dataclass(frozen=True, slots=True)
class Described:
    """An app as its encoded `Api`, with the configuration that it was described under."""

    api: str
    workspace: Workspace


class Report:
    """Brings together what is known of the servers and of the clients; `status` is the sum."""

    def __init__(self, run: Run, edges: Edges, *, workers: Workers) -> None:
        self._edges = edges
        self._workers = workers
        self._clients = Clients(edges)
        self.newest: Described | None = None
        self._early: tuple[WorkerDescribed, Workspace] | None = None
        self.status = Status(run, edges.notices)
        self.welcome = Welcome(run, edges, status=self.status)

    def tell(self, outcome: Outcome, workspace: Workspace) -> None:
        """Says how the newest code does, or the worker that serves."""
        match outcome:
            case Served():
                self._served(outcome)
            case Broke():
                self._broke(outcome, workspace)
            case Crashed():
                self.warn(wording.ended("The API", outcome.status, delay=outcome.delay))
                if not self._workers.serving:
                    self.status.answered.discard("api")
            case HandsOver():
                self.warn(wording.HANDS_OVER)
            case FallsBack():
                self.warn(wording.falls_back(outcome.fault))
            case Silent():
                self.warn(wording.silent(outcome.answers))
            case _:
                assert_never(outcome)

    def answered(self, server: ServerName) -> None:
        """A server can be asked."""
        self.status.answered.add(server)
        self.welcome.say()

    def described(self, message: WorkerDescribed, workspace: Workspace) -> None:
        """The newest code's Api is known: its clients are to be written.

        While other code serves they wait: what is new in them would not be answered yet, and a
        page that has followed them once does not ask again.
        """
        if message.api:
            self.newest = Described(message.api, workspace)
        if self._workers.app_serves and self._workers.serving != message.worker:
            self._early = (message, workspace)
        else:
            self._clients.described(message, workspace)

    def written(self, message: Generated | GenerationFailed) -> None:
        """The clients of some code are on disk, or cannot get there."""
        self._clients.written(message)
        self._clients_are_written()

    def warn(self, text: str) -> None:
        """Says what is wrong and does not stop us."""
        self._edges.screen.put(text, "warn")

    def _served(self, message: Served) -> None:
        timer = self._edges.timer
        mended = self.status.mended()
        if self.welcome.said:
            reload = Reload(timer.now() - message.saved_at, mended=mended)
            self._clients.served(message.worker, reload)
        if self._early and self._early[0].worker == message.worker:
            self._clients.described(*self._early)
        self._early = None
        if "api" not in self.status.answered:
            self._edges.notices.ask("api", self._edges.web.site)
        timer.after(LINE_SECONDS, self._clients_are_written)

    def _broke(self, message: Broke, workspace: Workspace) -> None:
        serving = self._workers.app_serves
        self.status.broke(message.failure, serving=serving)
        text = wording.broke(message.failure, workspace.root, serving=serving)
        self._edges.screen.put(text, "error")
        self.welcome.say()

    def _clients_are_written(self) -> None:
        """Or take too long to be waited for."""
        self.status.clients_written = True
        self.welcome.say()
