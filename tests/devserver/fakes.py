"""Stand-ins for the edges of a run: they write down what they are told, in one list."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fluidkit_cli.devserver.edges import Edges
from fluidkit_cli.devserver.events import Due, Ended, Message, ServerName, WorkerReported
from fluidkit_cli.devserver.fork_servers import Loss
from fluidkit_cli.devserver.lines import Look, Spans, Voice, bare
from fluidkit_cli.devserver.protocol import (
    Explain,
    Failed,
    Fork,
    Stage,
    WorkerCommand,
    WorkerReport,
)
from fluidkit_cli.devserver.session import Session
from fluidkit_cli.devserver.state import DevState
from fluidkit_cli.devserver.status import Run
from fluidkit_cli.devserver.web_server import Site
from fluidkit_cli.errors import FluidkitError, MissingTool
from fluidkit_cli.workspace import Workspace

ROOT = Path("/project")
WORKSPACE = Workspace(
    root=ROOT,
    app="backend.main:app",
    frontend=ROOT / "frontend",
    output=ROOT / "frontend/src/lib/api",
    python=ROOT / ".venv/bin/python",
)
SITE = Site(WORKSPACE.frontend, WORKSPACE.state, ("/api",), "127.0.0.1", 5173, 8000)


class FakeTimer:
    """Time that passes when the test says so."""

    def __init__(self, post: Callable[[Message], None]) -> None:
        self._post = post
        self._now = 100.0
        self._waiting: list[tuple[float, Callable[[], None]]] = []

    def now(self) -> float:
        return self._now

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        self._waiting.append((self._now + seconds, act))

    def pass_by(self, seconds: float) -> None:
        """Each appointment is kept in its order, at its time."""
        end = self._now + seconds
        while due := [entry for entry in self._waiting if entry[0] <= end]:
            first = min(due, key=lambda entry: entry[0])
            self._waiting.remove(first)
            self._now = first[0]
            self._post(Due(first[1]))
        self._now = end


@dataclass
class FakeApi:
    """The fork servers; `did` gets every command for a worker as (worker, command)."""

    did: list[object]
    idle: bool = False
    loss: Loss = Loss.FORK_SERVER

    def start(self) -> None:
        self.did.append("fork server")

    def fork(self, command: Fork | Explain) -> None:
        self.did.append(command)

    def send(self, worker: int, command: WorkerCommand) -> None:
        self.did.append((worker, command))

    def kill(self, worker: int) -> None:
        self.did.append((worker, "kill"))

    def learn(self, modules: tuple[str, ...]) -> None:
        self.did.append(("learn", modules))

    def retire(self) -> None:
        self.did.append("retire fork servers")

    def fork_no_more(self) -> None:
        self.did.append("fork no more")

    def lend(self, worker: int, terminal: str) -> None:
        self.did.append(("lend", worker, terminal))

    def ended(self, ended: Ended) -> Loss:
        return self.loss

    def close(self) -> None:
        self.did.append("close fork servers")
        self.idle = True

    def kill_all(self) -> None:
        self.did.append("kill workers")


@dataclass
class FakeWeb:
    did: list[object]
    pid: int = 0
    site: Site = SITE
    polls: bool = False
    is_stopped: bool = False
    port_is_lost: bool = False
    pinned: bool = False

    def start(self) -> None:
        self.did.append("web")
        self.pid = 500

    def ended(self) -> None:
        self.pid = 0

    def move(self) -> bool:
        if self.port_is_lost and self.pinned:
            raise MissingTool("Port 5173 is taken", hint="End it")
        if self.port_is_lost:
            self.site = replace(self.site, port=self.site.port + 1)
        return self.port_is_lost

    def stop(self) -> None:
        self.did.append("stop web")

    def kill(self) -> None:
        self.did.append("kill web")


@dataclass
class FakeWatcher:
    libraries: frozenset[Path] = frozenset()
    sources: frozenset[Path] = frozenset()

    def start(self) -> None:
        pass

    def also(self, libraries: frozenset[Path], sources: frozenset[Path]) -> None:
        self.libraries, self.sources = libraries, sources

    def stop(self) -> None:
        pass


@dataclass
class FakeDebugger:
    did: list[object]
    address: str = "127.0.0.1:5678"

    def start(self) -> None:
        self.did.append("debugger")

    def open(self, port: int) -> None:
        self.did.append(("debugger", port))

    def cut(self) -> None:
        self.did.append("cut debugger")

    def stop(self) -> None:
        self.did.append("stop debugger")


@dataclass
class FakeGuard:
    did: list[object]
    is_stopped: bool = False
    pid: int = 0
    groups: set[int] = field(default_factory=set)

    def start(self) -> None:
        self.did.append("guard")
        self.pid = 600

    def ended(self) -> None:
        self.pid = 0

    def add(self, group: int) -> None:
        self.groups.add(group)

    def drop(self, group: int) -> None:
        self.groups.discard(group)

    def close(self) -> None:
        self.did.append("close guard")

    def kill_others(self) -> None:
        self.did.append("kill others")

    def kill(self) -> None:
        self.did.append("kill guard")


@dataclass
class FakeGenerator:
    did: list[object]

    def generate(self, worker: int, api: str, *, workspace: Workspace) -> None:
        self.did.append(("generate", worker, api))


@dataclass
class FakeScreen:
    lines: list[tuple[Voice, str]] = field(default_factory=list)
    unfinished: str = ""
    look: Look = field(default_factory=lambda: Look(80, colours=True, keys=True))

    def put(self, text: str | Spans, voice: Voice = "say") -> None:
        self.lines.append((voice, bare(text)))

    def pass_on(self, lines: Sequence[str | Spans], voice: Voice, *, unfinished: str = "") -> None:
        for line in lines:
            self.put(line, voice)
        self.unfinished = unfinished

    def clear(self) -> None:
        self.put("", "clear")


@dataclass
class FakeListing:
    did: list[object]

    def show(self, api: str, *, workspace: Workspace) -> None:
        self.did.append(("list", api))


@dataclass
class FakeKeyboard:
    did: list[object]

    def start(self) -> None:
        self.did.append("keyboard")

    def stop(self) -> None:
        self.did.append("stop keyboard")

    def lend(self, group: int) -> str:
        self.did.append(("lend", group))
        return "/dev/pts/9"

    def take_back(self) -> None:
        self.did.append("take back")


@dataclass
class FakeNotices:
    did: list[object]
    states: list[DevState] = field(default_factory=list)
    errors: list[Failed | None] = field(default_factory=list)
    serving: list[bool] = field(default_factory=list)
    configured: Workspace | FluidkitError = WORKSPACE

    def publish(self, state: DevState) -> None:
        self.states.append(state)

    def show_error(self, failure: Failed | None, *, serving: bool = True) -> None:
        self.errors.append(failure)
        self.serving.append(serving)

    def log(self, text: str) -> None:
        self.did.append(("log", text))

    def ask(self, server: ServerName, site: Site) -> None:
        self.did.append(("ask", server, site.api_port if server == "api" else site.port))

    def open(self, url: str) -> None:
        self.did.append(("open", url))

    def network_urls(self, site: Site) -> list[str]:
        return []

    def workspace(self) -> Workspace:
        if isinstance(self.configured, FluidkitError):
            raise self.configured
        return self.configured


class Play:
    """A session among fakes. Its own messages are handled before the next one is put in."""

    def __init__(self, workspace: Workspace = WORKSPACE, *, debug: bool = False) -> None:
        self.did: list[object] = []
        self._queue: deque[Message] = deque()
        self.timer = FakeTimer(self._handle)
        self.api = FakeApi(self.did)
        self.web = FakeWeb(self.did)
        self.guard = FakeGuard(self.did)
        self.watcher = FakeWatcher()
        self.screen = FakeScreen()
        self.keyboard = FakeKeyboard(self.did)
        self.notices = FakeNotices(self.did, configured=workspace)
        edges = Edges(
            api=self.api,
            web=self.web,
            guard=self.guard,
            watcher=self.watcher,
            debugger=FakeDebugger(self.did) if debug else None,
            timer=self.timer,
            generator=FakeGenerator(self.did),
            screen=self.screen,
            listing=FakeListing(self.did),
            keyboard=self.keyboard,
            notices=self.notices,
        )
        run = Run("run", 1, 1, debug=debug)
        self.session = Session(run, workspace, edges=edges, post=self._queue.append)
        self.session.start()

    def happen(self, *messages: Message) -> list[object]:
        """What was done because of them."""
        before = len(self.did)
        for message in messages:
            self._handle(message)
        return self.did[before:]

    def report(self, worker: int, *reports: WorkerReport) -> list[object]:
        """As `happen`, for what a worker says."""
        return self.happen(*(WorkerReported(worker, report) for report in reports))

    def wait(self, seconds: float) -> list[object]:
        """As `happen`, for what becomes due."""
        before = len(self.did)
        self.timer.pass_by(seconds)
        return self.did[before:]

    @property
    def exit_code(self) -> int | None:
        """None while the run goes on."""
        return self.session.exit_code

    @property
    def serving(self) -> int:
        """The worker that answers."""
        return self.session._workers.serving

    @property
    def state(self) -> str:
        """What `dev.json` says."""
        return self.notices.states[-1].state

    def said(self, style: Voice) -> list[str]:
        """The lines in one voice."""
        return [text for voice, text in self.screen.lines if voice == style]

    def _handle(self, message: Message) -> None:
        self.session.handle(message)
        while self._queue:
            self.session.handle(self._queue.popleft())


def broken(stage: Stage = "import", message: str = "oh no") -> Failed:
    """A failure in the user's main module."""
    file = str(ROOT / "backend/main.py")
    return Failed(stage, "ValueError", message, file, 3, 1, "> 3 | raise\n", "trace\n")
