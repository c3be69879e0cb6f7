"""One run of `fluidkit dev`: what each message leads to. Everything else is at its edges."""

from functools import partial
from typing import assert_never

from ..embedded import NO_FASTAPI
from ..errors import FluidkitError, MissingTool
from ..workspace import Workspace
from . import wording
from .clients import LINE_SECONDS, Clients
from .edges import Edges
from .ending import Ending
from .events import (
    Answered,
    Broke,
    Crashed,
    Due,
    Ended,
    Generated,
    GenerationFailed,
    HandsOver,
    Message,
    Post,
    Printed,
    Saved,
    Served,
    Signalled,
    Silent,
    WatchFailed,
    WorkerDescribed,
    WorkerEnded,
    WorkerForked,
    WorkerReported,
)
from .frontend import Frontend
from .kept import Kept
from .protocol import Pong
from .pulse import PING_SECONDS, Pulse
from .status import Run, Status
from .welcome import Welcome
from .workers import Workers

LEARN_SECONDS = 2.0
"""How long another fork server waits, so that it does not slow down the start."""


class Session:
    """`handle` takes one message after the other, until there is an `exit_code`.

    That is 128 and the signal that ended the run, or the code of the error that did.
    """

    def __init__(self, run: Run, workspace: Workspace, *, edges: Edges, post: Post) -> None:
        self._run = run
        self._edges = edges
        timer, warn = edges.timer, self._warn
        self._workers = Workers(workspace.app, edge=edges.api, timer=timer, post=post)
        self._pulse = Pulse(self._workers, edge=edges.api, timer=timer, post=post)
        self._ending = Ending(self._workers, edges)
        self._forks = Kept("The fork server", start=edges.api.start, timer=timer, warn=warn)
        self._clients = Clients(edges)
        self._status = Status(run, edges.notices)
        self._frontend = Frontend(edges, status=self._status, warn=warn)
        self._welcome = Welcome(run, edges, status=self._status)
        self._pids: dict[int, int] = {}
        self._code = 0
        self.exit_code: int | None = None
        self._configure(workspace)

    def start(self) -> None:
        """Starts everything. The guard comes first, so that nothing is ever without it."""
        self._edges.guard.start()
        self._forks.start()
        self._frontend.start()
        self._edges.notices.show_error(None)
        self._workers.renew(self._edges.timer.now())
        self._edges.timer.after(PING_SECONDS, self._pulse.beat)
        self._publish()

    def handle(self, message: Message) -> None:
        """Does what the message calls for."""
        self._act_on(message)
        self._publish()
        if self._ending.advance():
            self.exit_code = self._code

    def _act_on(self, message: Message) -> None:
        match message:
            case Saved() | WatchFailed():
                self._watched(message)
            case WorkerForked() | WorkerReported() | WorkerDescribed() | WorkerEnded():
                self._worker_message(message)
            case Served() | Broke() | Crashed() | HandsOver() | Silent():
                self._outcome(message)
            case Generated() | GenerationFailed():
                self._clients.written(message)
                self._clients_are_written()
            case Printed() | Ended() | Answered():
                self._process_message(message)
            case Signalled():
                self._signalled(message.number)
            case Due():
                message.act()
            case _:
                assert_never(message)

    def _process_message(self, message: Printed | Ended | Answered) -> None:
        match message:
            case Printed():
                for line in message.lines:
                    self._edges.screen.put(line, message.process)
            case Ended():
                self._ended(message)
            case Answered():
                self._status.answered.add(message.server)
                self._welcome.say()
            case _:
                assert_never(message)

    def _watched(self, message: Saved | WatchFailed) -> None:
        match message:
            case Saved() if self._ending.begun:
                pass
            case Saved():
                if any(file.name == "pyproject.toml" for file in message.files):
                    self._reconfigure()
                self._workers.renew(message.at)
            case WatchFailed():
                self._warn(wording.watch_failed(message))
            case _:
                assert_never(message)

    def _worker_message(
        self, message: WorkerForked | WorkerReported | WorkerDescribed | WorkerEnded
    ) -> None:
        match message:
            case WorkerForked():
                self._pids[message.worker] = message.pid
                self._edges.guard.add(message.pid)
            case WorkerReported():
                if isinstance(message.report, Pong):
                    self._pulse.answered(message.worker)
                self._workers.reported(message)
            case WorkerDescribed():
                if message.worker == self._workers.newest and not self._ending.begun:
                    self._clients.described(message, self._workspace)
            case WorkerEnded():
                if pid := self._pids.pop(message.worker, 0):
                    self._edges.guard.drop(pid)
                self._workers.ended(message)
            case _:
                assert_never(message)

    def _outcome(self, message: Served | Broke | Crashed | HandsOver | Silent) -> None:
        match message:
            case Served():
                self._served(message)
            case Broke():
                serving = self._workers.app_serves
                self._status.broke(message.failure, serving=serving)
                for line in wording.broke(message.failure, self._workspace.root, serving=serving):
                    self._edges.screen.put(line, "error")
                self._welcome.say()
            case Crashed():
                self._warn(wording.ended("The API", message.status, delay=message.delay))
                if not self._workers.serving:
                    self._status.answered.discard("api")
            case HandsOver():
                self._warn(wording.HANDS_OVER)
            case Silent() if self._ending.begun:
                pass
            case Silent():
                self._warn(wording.silent(message.answers))
            case _:
                assert_never(message)

    def _served(self, message: Served) -> None:
        timer = self._edges.timer
        self._status.mended()
        if self._welcome.said:
            self._clients.served(message.worker, timer.now() - message.saved_at)
        if "api" not in self._status.answered:
            self._edges.notices.ask("api", self._edges.web.site)
        timer.after(LINE_SECONDS, self._clients_are_written)
        if message.modules:
            timer.after(LEARN_SECONDS, partial(self._learn, message.modules))

    def _clients_are_written(self) -> None:
        """Or take too long to be waited for."""
        self._status.clients_written = True
        self._welcome.say()

    def _learn(self, modules: tuple[str, ...]) -> None:
        if not self._ending.begun:
            self._edges.api.learn(modules)

    def _ended(self, message: Ended) -> None:
        self._edges.guard.drop(message.pid)
        match message.process:
            case "api":
                if self._edges.api.fork_server_ended(message):
                    if message.status == NO_FASTAPI:
                        self._warn(wording.NO_FASTAPI_INSTALLED)
                    self._forks.ended(message.status)
            case "web":
                self._web_ended(message.status)
            case "guard":
                self._edges.guard.ended()
                if not self._ending.begun:
                    self._edges.guard.start()
            case _:
                assert_never(message.process)

    def _web_ended(self, status: int) -> None:
        try:
            self._frontend.ended(status)
        except MissingTool as error:
            if not self._ending.begun:
                self._edges.screen.put(f"error: {error.message}. {error.hint}", "error")
                self._end(error.exit_code)

    def _signalled(self, number: int) -> None:
        if self._ending.begun:
            self._ending.hurry()
            return
        self._edges.screen.put("shutting down")
        self._end(128 + number)

    def _end(self, code: int) -> None:
        self._code = code
        self._frontend.stop()
        self._forks.stop()
        self._status.stopping = True
        self._ending.begin()

    def _reconfigure(self) -> None:
        """Takes what can be taken while we run; a broken file changes nothing."""
        try:
            workspace = self._edges.notices.workspace()
        except FluidkitError as error:
            self._warn(f"{error.message}. {error.hint}".strip())
            return
        if wording.needs_restart(self._workspace, workspace):
            self._warn(wording.needs_restart(self._workspace, workspace))
        self._configure(workspace)

    def _configure(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._workers.app = workspace.app
        self._workers.overrides = workspace.routes
        self._workers.reload = "handover" if self._run.debug else workspace.reload

    def _publish(self) -> None:
        serving = self._pids.get(self._workers.serving, 0)
        web, guard = self._edges.web, self._edges.guard
        self._status.publish(web.site, api=serving, web=web.pid, guard=guard.pid)

    def _warn(self, text: str) -> None:
        self._edges.screen.put(text, "warn")
