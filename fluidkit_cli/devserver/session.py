"""One run of `fluidkit dev`: what each message leads to. Everything else is at its edges."""

from dataclasses import dataclass
from functools import partial
from typing import assert_never

from ..embedded import NO_FASTAPI
from ..errors import FluidkitError
from ..workspace import Workspace
from . import wording
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
    ServerName,
    Signalled,
    Silent,
    WatchFailed,
    WorkerDescribed,
    WorkerEnded,
    WorkerForked,
    WorkerReported,
)
from .kept import Kept
from .protocol import Failed, Pong
from .pulse import PING_SECONDS, Pulse
from .reload_lines import ReloadLines
from .state import DevState, Phase, Running, Serving
from .web_server import Site
from .workers import Workers

LINE_SECONDS = 3.0
"""How long the line about a reload waits for its clients."""

LEARN_SECONDS = 2.0
"""How long another fork server waits, so that it does not slow down the start."""


@dataclass(frozen=True, slots=True)
class Run:
    """What stays the same. `pid` and `started` tell our own process from any other."""

    run_id: str
    pid: int
    started: int
    site: Site
    debug: bool = False
    open_browser: bool = False


class Session:
    """`handle` takes one message after the other, until there is an `exit_code`.

    That is 128 and the signal that ended the run.
    """

    def __init__(self, run: Run, workspace: Workspace, *, edges: Edges, post: Post) -> None:
        self._run = run
        self._edges = edges
        self._began = edges.timer.now()
        timer, warn = edges.timer, self._warn
        self._workers = Workers(workspace.app, edge=edges.api, timer=timer, post=post)
        self._pulse = Pulse(self._workers, edge=edges.api, timer=timer, post=post)
        self._ending = Ending(self._workers, edges)
        self._web = Kept("Vite", start=self._start_web, timer=timer, warn=warn)
        self._forks = Kept("The fork server", start=edges.api.start, timer=timer, warn=warn)
        self._lines = ReloadLines(edges.screen.put)
        self._answered: set[ServerName] = set()
        self._announced = False
        self._failure: Failed | None = None
        self._notes: frozenset[str] = frozenset()
        self._pids: dict[int, int] = {}
        self._published: DevState | None = None
        self._signal = 0
        self.exit_code: int | None = None
        self._configure(workspace)

    def start(self) -> None:
        """Starts everything. The guard comes first, so that nothing is ever without it."""
        self._edges.guard.start()
        self._forks.start()
        self._web.start()
        self._edges.notices.show_error(None)
        self._workers.renew(self._edges.timer.now())
        self._edges.timer.after(PING_SECONDS, self._pulse.beat)
        self._publish()

    def handle(self, message: Message) -> None:
        """Does what the message calls for."""
        self._act_on(message)
        self._publish()
        if self._ending.advance():
            self.exit_code = 128 + self._signal

    def _act_on(self, message: Message) -> None:
        match message:
            case Saved() | WatchFailed():
                self._watched(message)
            case WorkerForked() | WorkerReported() | WorkerDescribed() | WorkerEnded():
                self._worker_message(message)
            case Served() | Broke() | Crashed() | HandsOver() | Silent():
                self._outcome(message)
            case Generated() | GenerationFailed():
                self._clients(message)
            case Printed():
                for line in message.lines:
                    self._edges.screen.put(line, message.process)
            case Ended():
                self._ended(message)
            case Answered():
                self._answered.add(message.server)
                self._announce()
            case Signalled():
                self._signalled(message.number)
            case Due():
                message.act()
            case _:
                assert_never(message)

    def _watched(self, message: Saved | WatchFailed) -> None:
        match message:
            case _ if self._ending.begun:
                pass
            case Saved():
                if any(file.name == "pyproject.toml" for file in message.files):
                    self._reconfigure()
                self._workers.renew(message.at)
            case WatchFailed():
                self._warn(wording.watch_failed(message))

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
                self._described(message)
            case WorkerEnded():
                if pid := self._pids.pop(message.worker, 0):
                    self._edges.guard.drop(pid)
                self._workers.ended(message)
            case _:
                assert_never(message)

    def _described(self, message: WorkerDescribed) -> None:
        if not message.api:
            self._lines.generated(message.worker, ())
        elif message.worker == self._workers.newest and not self._ending.begun:
            generate = self._edges.generator.generate
            generate(message.worker, message.api, workspace=self._workspace)

    def _outcome(self, message: Served | Broke | Crashed | HandsOver | Silent) -> None:
        match message:
            case Served():
                self._served(message)
            case Broke():
                self._failure = message.failure
                self._edges.notices.show_error(message.failure)
                serving = bool(self._workers.serving)
                for line in wording.broke(message.failure, self._workspace.root, serving=serving):
                    self._edges.screen.put(line, "error")
                self._announce()
            case Crashed():
                self._warn(wording.ended("The API", message.status, delay=message.delay))
                if not self._workers.serving:
                    self._answered.discard("api")
            case HandsOver():
                self._warn(wording.HANDS_OVER)
            case Silent():
                self._warn(wording.silent(message.answers))
            case _:
                assert_never(message)

    def _served(self, message: Served) -> None:
        timer = self._edges.timer
        if self._failure:
            self._failure = None
            self._edges.notices.show_error(None)
        if self._announced:
            self._lines.served(message.worker, timer.now() - message.saved_at)
            timer.after(LINE_SECONDS, partial(self._lines.finish, message.worker))
        if "api" not in self._answered:
            self._edges.notices.ask("api")
        if message.modules:
            timer.after(LEARN_SECONDS, partial(self._learn, message.modules))

    def _learn(self, modules: tuple[str, ...]) -> None:
        if not self._ending.begun:
            self._edges.api.learn(modules)

    def _clients(self, message: Generated | GenerationFailed) -> None:
        match message:
            case Generated():
                self._lines.generated(message.worker, message.files)
                if message.notes is not None:
                    for note in message.notes:
                        if note not in self._notes:
                            self._warn(note)
                    self._notes = frozenset(message.notes)
            case GenerationFailed():
                self._warn(f"The clients could not be written: {message.message}")
                self._edges.notices.log(message.traceback)
                self._lines.generated(message.worker, ())
            case _:
                assert_never(message)

    def _ended(self, message: Ended) -> None:
        self._edges.guard.drop(message.pid)
        match message.process:
            case "api":
                if self._edges.api.fork_server_ended(message):
                    if message.status == NO_FASTAPI:
                        self._warn(wording.NO_FASTAPI_INSTALLED)
                    self._forks.ended(message.status)
            case "web":
                self._edges.web.ended()
                self._answered.discard("web")
                self._web.ended(message.status)
            case "guard":
                self._edges.guard.ended()
                if not self._ending.begun:
                    self._edges.guard.start()
            case _:
                assert_never(message.process)

    def _start_web(self) -> None:
        self._edges.web.start()
        self._edges.notices.ask("web")

    def _announce(self) -> None:
        """Says the URL, once, when both have answered or it is known why one does not."""
        ready = "web" in self._answered and ("api" in self._answered or self._failure)
        if ready and not self._announced:
            self._announced = True
            seconds = self._edges.timer.now() - self._began
            for line in wording.banner(self._run.site, seconds, working=not self._failure):
                self._edges.screen.put(line)
            if self._run.open_browser:
                self._edges.notices.open(self._run.site.url)

    def _signalled(self, number: int) -> None:
        if self._ending.begun:
            self._ending.hurry()
            return
        self._signal = number
        self._edges.screen.put("shutting down")
        self._web.stop()
        self._forks.stop()
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
        self._workers.reload = "handover" if self._run.debug else workspace.reload

    def _publish(self) -> None:
        state = self._state()
        if state != self._published:
            self._published = state
            self._edges.notices.publish(state)

    def _state(self) -> DevState:
        run, site = self._run, self._run.site
        api = Serving(self._pids.get(self._workers.serving, 0), site.api_port, site.api_url)
        web = Serving(self._edges.web.pid, site.port, site.url)
        guard = Running(self._edges.guard.pid)
        url = site.url
        return DevState(run.pid, run.started, run.run_id, self._phase(), url, guard, api, web)

    def _phase(self) -> Phase:
        if self._ending.begun:
            return "stopping"
        if self._failure:
            return "error"
        return "ready" if {"api", "web"} <= self._answered else "starting"

    def _warn(self, text: str) -> None:
        self._edges.screen.put(text, "warn")
