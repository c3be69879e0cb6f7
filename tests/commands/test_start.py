"""`fluidkit start`."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from fluidkit_cli.commands import start
from fluidkit_cli.errors import MissingTool
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


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://localhost:80"),
        ("::", "http://localhost:80"),
        ("::1", "http://[::1]:80"),
    ],
)
def test_the_url_is_one_that_a_browser_can_open(
    looks_built: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    host: str,
    url: str,
) -> None:
    def become(program: str, command: list[str]) -> None:
        raise SystemExit(" ".join(command))

    monkeypatch.setattr(start, "choose_port", lambda port, **options: port)
    monkeypatch.setattr(os, "execv", become)
    with pytest.raises(SystemExit, match=f"--host {host} --port 80$"):
        start.run(start.StartOptions(host=host, port=80))
    assert capsys.readouterr().out == f"build/ runs at {url}\n"


def test_the_api_is_not_given_the_sites_own_port(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setattr(start, "_API_PORT", port)
    assert start._api_port(beside=port) > port
    assert start._api_port(beside=port + 1) == port


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
    looks_built: Path, monkeypatch: pytest.MonkeyPatch, channels: bool, redis: str, is_refused: bool
) -> None:
    backend = looks_built / "build/backend"
    shutil.copytree(scaffolds_folder() / "workspace/base/backend", backend)
    module = MODULE if channels else "from fastapi import FastAPI\napp = FastAPI()\n"
    (backend / "main.py").write_text(module, encoding="utf-8")
    (looks_built / ".env").write_text(redis, encoding="utf-8")
    # the shared interpreter is asked by its own path: a link has no packages
    monkeypatch.setattr(start, "find_python", lambda workspace: Path(sys.executable))
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setattr(os, "execv", lambda program, command: sys.exit("it runs"))
    options = start.StartOptions(port=free_port(), workers=2)
    if is_refused:
        with pytest.raises(start.OneWorkerOnly, match="2 workers") as caught:
            start.run(options)
        assert "REDIS_URL" in caught.value.hint
    else:
        with pytest.raises(SystemExit, match="it runs"):
            start.run(options)


@dataclass(frozen=True, slots=True)
class Served:
    """What `fluidkit start` serves, and the process that it became."""

    port: int
    process: subprocess.Popen[bytes]

    def get(self, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request("GET", path, headers=headers)
            with connection.getresponse() as response:
                return response.status, response.headers, response.read()

    def answers(self) -> bool:
        assert self.process.poll() is None, "it ended"
        try:
            return self.get("/api/readings?count=1")[0] == 200
        except OSError:
            return False


@pytest.fixture
def served(built: Built, tmp_path: Path) -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = int(server.getsockname()[1])
    with running(built.root, tmp_path / "log", "start", "--port", str(port)) as run:
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
    folder = Path(f"/proc/{served.process.pid}/cwd").resolve()
    assert folder == built.root.resolve()
    arguments = Path(f"/proc/{served.process.pid}/cmdline").read_text(encoding="utf-8").split("\0")
    assert arguments[arguments.index("--app-dir") + 1] == str(built.root / "build")


@pytest.mark.workspace
def test_what_is_not_there_is_a_404(served: Served) -> None:
    assert served.get("/gone.png")[0] == 404
    status, headers, body = served.get("/api/gone", Accept="text/html")
    assert (status, headers["content-type"]) == (404, "application/json")
    assert body == b'{"detail":"Not Found"}'


@pytest.mark.workspace
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_within_its_bound_although_a_stream_is_open(
    served: Served, number: int
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.request("GET", "/api/clock")
    stream = connection.getresponse()
    assert stream.readline().startswith(b"data: ")
    served.process.send_signal(number)
    served.process.wait(timeout=start._DRAIN_SECONDS + 5)
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        served.get("/api/readings")


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
