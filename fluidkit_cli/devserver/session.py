"""One run of `fluidkit dev`: what each message leads to. Everything else is at its edges."""

from functools import partial
from typing import assert_never

from ..errors import MissingTool
from ..workspace import Workspace
from . import settings, wording
from .configuration import Configuration
from .edges import Edges
from .ending import Ending
from .events import (
    Answered,
    Broke,
    Crashed,
    Due,
    Ended,
    FallsBack,
    Generated,
    GenerationFailed,
    HandsOver,
    LibraryChanged,
    Lost,
    Message,
    Post,
    Pressed,
    Printed,
    Saved,
    Served,
    Signalled,
    Silent,
    StartFailed,
    WatchFailed,
    WorkerDescribed,
    WorkerEnded,
    WorkerForked,
    WorkerPrompts,
    WorkerReported,
)
from .forks import Forks
from .frontend import Frontend
from .hearing import Hearing
from .printing import show
from .report import Outcome, Report
from .shortcuts import Shortcuts
from .status import Run
from .stops import LOOK_SECONDS, Stops
from .workers import Workers

GUARD_SECONDS = 1.0
"""Until a guard that the system would not start is started again."""


class Session:
    """`handle` takes one message after the other, until there is an `exit_code`.

    That is 128 and the signal that ended the run, or the code of the error that did.
    """

    def __init__(self, run: Run, workspace: Workspace, *, edges: Edges, post: Post) -> None:
        self._edges = edges
        timer = edges.timer
        self._workers = Workers(workspace.app, edge=edges.api, timer=timer, post=post)
        self._report = Report(run, edges, workers=self._workers)
        self._warn = self._report.warn
        self._configuration = Configuration(run, self._workers, warn=self._warn)
        self._ending = Ending(self._workers, edges)
        self._forks = Forks(edges.api, timer=timer, workers=self._workers, warn=self._warn)
        self._hearing = Hearing(edges, workers=self._workers, forks=self._forks, post=post)
        self._frontend = Frontend(edges, status=self._report.status, warn=self._warn)
        self._stops = Stops(edges, warn=self._warn)
        self._shortcuts = Shortcuts(
            edges, workers=self._workers, report=self._report, end=partial(self._end, 0)
        )
        self._code = 0
        self.exit_code: int | None = None
        self._configuration.take(workspace)

    def start(self) -> None:
        """Starts everything. The guard comes first, so that nothing is ever without it."""
        self._report.welcome.wait()
        self._start_guard()
        self._forks.start()
        self._frontend.start()
        self._edges.keyboard.start()
        self._edges.notices.show_error(None)
        self._workers.renew(self._edges.timer.now())
        self._hearing.start()
        self._edges.timer.after(LOOK_SECONDS, self._stops.look)
        self._publish()

    def handle(self, message: Message) -> None:
        """Does what the message calls for."""
        self._act_on(message)
        self._publish()
        if self._ending.advance():
            self._edges.keyboard.stop()
            self.exit_code = self._code

    def _act_on(self, message: Message) -> None:
        match message:
            case Saved() | LibraryChanged() | Lost() | WatchFailed():
                self._watched(message)
            case WorkerForked() | WorkerReported() | WorkerPrompts() | WorkerEnded():
                self._hearing.hear(message)
            case Served() | Broke() | Crashed() | HandsOver() | FallsBack() | Silent():
                self._outcome(message)
            case WorkerDescribed() | Generated() | GenerationFailed():
                self._clients(message)
            case Printed() | Ended() | StartFailed() | Answered():
                self._process_message(message)
            case Pressed() | Signalled():
                self._asked(message)
            case Due():
                message.act()
            case _:
                assert_never(message)

    def _asked(self, message: Pressed | Signalled) -> None:
        match message:
            case Signalled():
                self._signalled(message.number)
            case Pressed() if not self._ending.begun:
                self._shortcuts.press(message.key)

    def _process_message(self, message: Printed | Ended | StartFailed | Answered) -> None:
        match message:
            case Printed():
                show(message, self._edges.screen)
            case Ended():
                self._ended(message)
            case StartFailed():
                self._warn(wording.start_failed(message.reason))
            case Answered():
                self._report.answered(message.server)
            case _:
                assert_never(message)

    def _watched(self, message: Saved | LibraryChanged | Lost | WatchFailed) -> None:
        if self._ending.begun:
            return
        match message:
            case Saved():
                self._saved(message)
            case LibraryChanged():
                self._forks.library_changed(message.at)
            case Lost():
                self._fail(wording.lost(self._configuration.workspace.root), code=1)
            case WatchFailed():
                self._warn(wording.watch_failed(message))
                self._frontend.poll()
            case _:
                assert_never(message)

    def _saved(self, message: Saved) -> None:
        names = {file.name for file in message.files}
        if "pyproject.toml" in names:
            self._configuration.read_again(self._edges.notices)
        if settings.NAME in names:
            self._frontend.restart()
            self._forks.renew()
        self._workers.renew(message.at)

    def _clients(self, message: WorkerDescribed | Generated | GenerationFailed) -> None:
        match message:
            case WorkerDescribed():
                if message.worker == self._workers.newest and not self._ending.begun:
                    self._report.described(message, self._configuration.workspace)
            case Generated() | GenerationFailed():
                self._report.written(message)
            case _:
                assert_never(message)

    def _outcome(self, message: Outcome) -> None:
        if self._ending.begun and isinstance(message, Silent):
            return
        self._report.tell(message, self._configuration.workspace)
        if isinstance(message, FallsBack):
            self._forks.give_up()

    def _ended(self, message: Ended) -> None:
        self._edges.guard.drop(message.pid)
        match message.process:
            case "api":
                self._forks.ended(message)
            case "web":
                self._web_ended(message.status)
            case "guard":
                self._edges.guard.ended()
                self._start_guard()
            case _:
                assert_never(message.process)

    def _start_guard(self) -> None:
        if self._ending.begun:
            return
        try:
            self._edges.guard.start()
        except OSError as error:
            self._warn(wording.cannot_start("The guard", error, delay=GUARD_SECONDS))
            self._edges.timer.after(GUARD_SECONDS, self._start_guard)

    def _web_ended(self, status: int) -> None:
        try:
            self._frontend.ended(status)
        except MissingTool as error:
            if not self._ending.begun:
                self._fail(f"{error.message}. {error.hint}", code=error.exit_code)

    def _signalled(self, number: int) -> None:
        if self._ending.begun:
            self._ending.hurry()
            return
        self._end(128 + number)

    def _fail(self, text: str, *, code: int) -> None:
        self._edges.screen.put(f"error: {text}", "error")
        self._end(code)

    def _end(self, code: int) -> None:
        self._edges.screen.put(wording.SHUTTING_DOWN, "note")
        self._code = code
        self._frontend.stop()
        self._forks.stop()
        self._hearing.stop()
        self._report.status.stopping = True
        self._ending.begin()

    def _publish(self) -> None:
        web, guard = self._edges.web, self._edges.guard
        api = self._hearing.serving
        self._report.status.publish(web.site, api=api, web=web.pid, guard=guard.pid)
