"""`fluidkit start`."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from fluidkit_cli.commands import start
from fluidkit_cli.devserver.terminal import Terminal
from fluidkit_cli.errors import BadArgument, MissingTool
from fluidkit_cli.production import sharing
from fluidkit_cli.production.plan import Plan
from fluidkit_cli.production.releases import Releases
from fluidkit_cli.templates import scaffolds_folder
from running import free_port, running, wait_for

from .conftest import Built


@pytest.fixture
def looks_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.fluidkit]\n", encoding="utf-8")
    (tmp_path / "build").mkdir()
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_a_build_the_hint_is_to_make_one(looks_built: Path) -> None:
    (looks_built / "build").rmdir()
    with pytest.raises(start.NotBuilt, match="build") as caught:
        start.run(start.StartOptions())
    assert caught.value.exit_code == 1
    assert "fluidkit build" in caught.value.hint


@pytest.mark.parametrize(("mode", "part"), [("spa", "frontend"), ("ssr", "static")])
def test_a_build_of_the_other_mode_is_not_run(looks_built: Path, mode: str, part: str) -> None:
    (looks_built / "build" / part).mkdir()
    text = f'[tool.fluidkit]\nmode = "{mode}"\n'
    (looks_built / "pyproject.toml").write_text(text, encoding="utf-8")
    with pytest.raises(start.NotBuilt, match="another mode") as caught:
        start.run(start.StartOptions())
    assert "fluidkit build" in caught.value.hint


def test_a_port_that_is_taken_is_named_with_its_holder(looks_built: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(MissingTool, match=f"Port {port} .*{os.getpid()}") as caught:
            start.run(start.StartOptions(port=port))
    assert caught.value.exit_code == 3


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """What would be run."""
    plans: list[Plan] = []

    def supervise(plan: Plan, terminal: Terminal, *, releases: Releases) -> int:
        plans.append(plan)
        return 0

    monkeypatch.setattr(start, "supervise", supervise)
    # the shared interpreter is asked by its own path: a link has no packages
    monkeypatch.setattr(sharing, "find_python", lambda workspace: Path(sys.executable))
    for name in ("REDIS_URL", "LOG_FORMAT", "SHUTDOWN_TIMEOUT", "HANG_TIMEOUT"):
        monkeypatch.delenv(name, raising=False)
    return plans


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1"),
        ("0.0.0.0", "http://localhost"),
        ("::", "http://localhost"),
        ("::1", "http://[::1]"),
    ],
)
def test_the_url_is_one_that_a_browser_can_open(
    looks_built: Path, planned: list[Plan], host: str, url: str
) -> None:
    port = free_port()
    assert start.run(start.StartOptions(host=host, port=port)) == 0
    [plan] = planned
    assert plan.urls[0] == f"{url}:{port}"
    assert (plan.name, plan.details) == ("build/", "spa · 1 worker")


def test_the_api_is_not_given_the_sites_own_port(
    looks_built: Path, planned: list[Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    (looks_built / "build/frontend").mkdir()
    text = '[tool.fluidkit]\nmode = "ssr"\n'
    (looks_built / "pyproject.toml").write_text(text, encoding="utf-8")
    port = free_port()
    monkeypatch.setattr(start, "_API_PORT", port)
    start.run(start.StartOptions(port=port))
    web, api = (each.command(Path("1")) for each in planned[0].servers)
    asked = web.environment["FLUIDKIT_API_URL"]
    assert asked.startswith("http://127.0.0.1:")
    assert asked != f"http://127.0.0.1:{port}"
    assert api.environment["FORWARDED_ALLOW_IPS"] == "127.0.0.1"


def test_settings_count_less_than_the_environment(
    looks_built: Path, planned: list[Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = "COLOUR=red\nSHAPE=round\nSHUTDOWN_TIMEOUT=0.5\n"
    (looks_built / ".env").write_text(settings, encoding="utf-8")
    monkeypatch.setenv("SHAPE", "square")
    start.run(start.StartOptions(port=free_port()))
    [server] = planned[0].servers
    environment = server.command(Path("1")).environment
    assert (environment["COLOUR"], environment["SHAPE"]) == ("red", "square")
    assert planned[0].drain_seconds == 0.5


def test_logs_for_machines_hold_what_start_says_too(
    looks_built: Path,
    planned: list[Plan],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def supervise(plan: Plan, terminal: Terminal, *, releases: Releases) -> int:
        terminal.put(f"{plan.name} runs")
        terminal.close()
        return 0

    monkeypatch.setattr(start, "supervise", supervise)
    (looks_built / ".env").write_text("LOG_FORMAT=JSON\n", encoding="utf-8")
    start.run(start.StartOptions(port=free_port()))
    assert json.loads(capsys.readouterr().out)["message"] == "build/ runs"


@pytest.mark.parametrize(("settings", "seconds"), [("", 30), ("HANG_TIMEOUT=0\n", 0)])
def test_a_worker_may_hang_for_half_a_minute_or_as_the_settings_say(
    looks_built: Path, planned: list[Plan], settings: str, seconds: float
) -> None:
    (looks_built / ".env").write_text(settings, encoding="utf-8")
    start.run(start.StartOptions(port=free_port()))
    assert planned[0].hang_seconds == seconds


@pytest.mark.parametrize("name", ["SHUTDOWN_TIMEOUT", "HANG_TIMEOUT"])
@pytest.mark.parametrize("time", ["soon", "1000000"])
def test_a_time_that_is_no_number_or_too_long_is_refused(
    looks_built: Path, monkeypatch: pytest.MonkeyPatch, name: str, time: str
) -> None:
    monkeypatch.setenv(name, time)
    with pytest.raises(BadArgument, match=f"{name} cannot be '{time}'") as caught:
        start.run(start.StartOptions(port=free_port()))
    assert caught.value.exit_code == 2


MODULE = """
from fastapi import FastAPI
from .channel import Channel

notes = Channel[str]("notes")
app = FastAPI()
"""


@pytest.mark.parametrize(
    ("channels", "redis", "is_refused"),
    [
        (True, "", True),
        (True, "REDIS_URL=redis://127.0.0.1:1\n", False),
        (False, "", False),
    ],
)
def test_several_workers_are_refused_when_channels_are_in_memory(
    looks_built: Path, planned: list[Plan], channels: bool, redis: str, is_refused: bool
) -> None:
    backend = looks_built / "build/backend"
    shutil.copytree(scaffolds_folder() / "workspace/base/backend", backend)
    module = MODULE if channels else "from fastapi import FastAPI\napp = FastAPI()\n"
    (backend / "main.py").write_text(module, encoding="utf-8")
    (looks_built / ".env").write_text(redis, encoding="utf-8")
    options = start.StartOptions(port=free_port(), workers=2)
    if is_refused:
        with pytest.raises(sharing.OneWorkerOnly, match="2 workers") as caught:
            start.run(options)
        assert "REDIS_URL" in caught.value.hint
    else:
        assert start.run(options) == 0
        assert planned[0].servers[0].count == 2


@dataclass(frozen=True, slots=True)
class Served:
    """What `fluidkit start` serves, and its process."""

    port: int
    process: subprocess.Popen[bytes]

    def get(self, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request("GET", path, headers=headers)
            with connection.getresponse() as response:
                return response.status, response.headers, response.read()

    @contextmanager
    def stream(self, path: str) -> Iterator[http.client.HTTPResponse]:
        """Open, with its first line read."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request("GET", path)
            response = connection.getresponse()
            assert response.readline()
            yield response

    def worker(self) -> int:
        """The process that runs the backend."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return next(
            pid
            for pid in map(int, children.read_text(encoding="ascii").split())
            if b"serving" in Path(f"/proc/{pid}/cmdline").read_bytes()
        )

    def answers(self) -> bool:
        assert self.process.poll() is None, "it ended"
        try:
            return self.get("/api/readings?count=1")[0] == 200
        except OSError:
            return False


@pytest.fixture(scope="module")
def served(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    port, log = free_port(), tmp_path_factory.mktemp("start") / "log"
    with running(built.root, log, "start", "--port", str(port)) as run:
        found = Served(port, run.process)
        wait_for(found.answers)
        yield found


@pytest.mark.workspace
def test_one_process_serves_the_page_its_assets_and_the_api(served: Served) -> None:
    status, headers, page = served.get("/some/deep/link", Accept="text/html")
    assert (status, headers["cache-control"]) == (200, "no-cache")
    found = re.search(rb'"(/_app/immutable/[^"]+\.js)"', page)
    assert found, page
    status, headers, _ = served.get(found[1].decode(), **{"Accept-Encoding": "br"})
    assert (status, headers["content-encoding"]) == (200, "br")
    assert "immutable" in headers["cache-control"]
    assert served.get("/api/readings?count=2")[2].count(b"\n") == 2


@pytest.mark.workspace
def test_what_was_built_runs_where_its_data_outlive_the_next_build(
    built: Built, served: Served
) -> None:
    worker = served.worker()
    assert Path(f"/proc/{worker}/cwd").resolve() == built.root.resolve()
    loaded = Path(f"/proc/{worker}/environ").read_text(encoding="utf-8").split("\0")
    [path] = (entry for entry in loaded if entry.startswith("PYTHONPATH="))
    assert path.startswith(f"PYTHONPATH={built.root / '.fluidkit/start'}/")


@pytest.mark.workspace
def test_what_is_not_there_is_a_404(served: Served) -> None:
    assert served.get("/gone.png")[0] == 404
    status, headers, body = served.get("/api/gone", Accept="text/html")
    assert (status, headers["content-type"]) == (404, "application/json")
    assert body == b'{"detail":"Not Found"}'


@pytest.mark.workspace
def test_a_worker_that_is_killed_cuts_streams_and_is_back_at_once(served: Served) -> None:
    worker = served.worker()
    with served.stream("/api/clock") as stream:
        os.kill(worker, signal.SIGKILL)
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            stream.read()
    assert served.get("/api/readings?count=1")[0] == 200
    assert served.worker() != worker


@pytest.mark.workspace
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_at_once_although_a_stream_is_open(
    built: Built, tmp_path: Path, number: int, code: int
) -> None:
    port, log = free_port(), tmp_path / "log"
    with running(built.root, log, "start", "--port", str(port)) as run:
        served = Served(port, run.process)
        wait_for(served.answers)
        with served.stream("/api/clock") as stream:
            run.process.send_signal(number)
            assert run.process.wait(timeout=3) == code
            with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
                stream.read()
    assert "Traceback" not in log.read_text(encoding="utf-8")


FAILING = """

@router.get("/failing", response_class=EventSourceResponse)
async def stream_failing() -> AsyncIterator[Tick]:
    yield Tick(time=datetime.now(UTC))
    raise ValueError("the clock has stopped")
"""


@pytest.mark.workspace
def test_a_stream_that_fails_says_so_with_the_id_that_the_log_has(
    built: Built, tmp_path: Path
) -> None:
    route = built.root / "build/backend/routes/clock.py"
    text = route.read_text(encoding="utf-8")
    route.write_text(text + FAILING, encoding="utf-8")
    port = free_port()
    try:
        with running(built.root, tmp_path / "log", "start", "--port", str(port)) as run:
            served = Served(port, run.process)
            wait_for(served.answers)
            with pytest.raises(http.client.IncompleteRead) as caught:
                served.get("/api/failing")
    finally:
        route.write_text(text, encoding="utf-8")
    found = re.search(rb'event: fluidkit.error\ndata: {"id": "(\w+)"}\n\n$', caught.value.partial)
    assert found, caught.value.partial
    logged = (tmp_path / "log").read_text(encoding="utf-8")
    assert "ValueError: the clock has stopped" in logged
    assert f"The client was told: error {found[1].decode()}" in logged
