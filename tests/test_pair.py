"""Two servers that are run as one, with small programs in their place."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from running import free_port, processes_of, wait_for

RUN = """
import os, sys
from pathlib import Path
from fluidkit_cli.devserver.process import Command
from fluidkit_cli.devserver.terminal import Terminal
from fluidkit_cli.pair import Pair, run_pair
from fluidkit_cli.paper import Paper

folder, port, run_id = sys.argv[1:]
environment = {**os.environ, "FLUIDKIT_RUN": run_id, "PORT": port, "PYTHONUNBUFFERED": "1"}
servers = {
    name: Command((sys.executable, f"{name}.py"), Path(folder), environment)
    for name in ("api", "web")
}
pair = Pair(servers, run_id, "127.0.0.1", int(port), "/api", 0.5)
raise SystemExit(run_pair(pair, said="both answer", terminal=Terminal(Paper())))
"""

WEB = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        assert self.path == "/api"
        self.send_response(404 if Path("up").exists() else 502)
        self.end_headers()

HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""

API = """
import subprocess, sys, time
from pathlib import Path

subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
Path("up").touch()
print("api runs")
time.sleep(600)
"""

STUBBORN = """
import signal, time
from pathlib import Path

signal.signal(signal.SIGTERM, signal.SIG_IGN)
Path("up").touch()
time.sleep(600)
"""


ENDS_LATE = WEB.replace(
    "HTTPServer((",
    """
import signal, sys, time

def end(*_):
    time.sleep(0.3)  # a page under way, which is to ask once more
    print("the API is", "away" if Path("ended").exists() else "there", flush=True)
    sys.exit()

signal.signal(signal.SIGTERM, end)
HTTPServer((""",
)

SAYS_THAT_IT_ENDS = """
import signal, sys, time
from pathlib import Path

def end(*_):
    Path("ended").touch()
    sys.exit()

signal.signal(signal.SIGTERM, end)
Path("up").touch()
time.sleep(600)
"""


@dataclass(frozen=True, slots=True)
class Running:
    """The process that runs the pair."""

    process: subprocess.Popen[bytes]
    run_id: str
    log: Path

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def ready(self) -> bool:
        return "both answer" in self.output

    def is_gone(self) -> bool:
        return processes_of(self.run_id) == []


@contextmanager
def running(folder: Path, *, api: str = API, web: str = WEB) -> Iterator[Running]:
    (folder / "api.py").write_text(api, encoding="utf-8")
    (folder / "web.py").write_text(web, encoding="utf-8")
    log, run_id = folder / "log", f"pair-{os.getpid()}-{folder.name}"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, str(folder), str(free_port()), run_id],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Running(process, run_id, log)
    finally:
        process.kill()
        process.wait()


def test_it_is_said_that_both_answer_when_they_do(tmp_path: Path) -> None:
    late = API.replace('Path("up")', 'time.sleep(0.5)\nprint("api slept")\nPath("up")')
    with running(tmp_path, api=late) as run:
        wait_for(run.ready)
        lines = run.output.splitlines()
    assert lines.index(" api │ api slept") < lines.index("both answer")


def test_the_api_ends_when_the_pages_that_ask_it_have(tmp_path: Path) -> None:
    with running(tmp_path, api=SAYS_THAT_IT_ENDS, web=ENDS_LATE) as run:
        wait_for(run.ready)
        run.process.terminate()
        assert run.process.wait(timeout=10) == 143
        assert "the API is there" in run.output
        assert (tmp_path / "ended").exists()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_both_and_what_they_started(tmp_path: Path, number: int, code: int) -> None:
    with running(tmp_path) as run:
        wait_for(run.ready)
        assert len(processes_of(run.run_id)) == 4  # guard, web, api and its child
        run.process.send_signal(number)
        assert run.process.wait(timeout=10) == code
        assert run.is_gone()


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("api", "The API ended with exit code 3, so all does"),
        ("web", "The front end's server ended with exit code 3, so all does"),
    ],
)
def test_one_that_ends_ends_the_other_and_is_named(
    tmp_path: Path, broken: str, reason: str
) -> None:
    programs = {"api": API, "web": WEB, broken: "print('why')\nraise SystemExit(3)"}
    with running(tmp_path, **programs) as run:
        assert run.process.wait(timeout=20) == 1
        assert f"error: {reason}" in run.output
        assert f"{broken:>4} │ why" in run.output
        assert "both answer" not in run.output
        assert run.is_gone()


def test_one_that_dies_later_ends_the_other_too(tmp_path: Path) -> None:
    with running(tmp_path) as run:
        wait_for(run.ready)
        [api] = [pid for pid in pids(run.run_id) if "api.py" in command(pid)]
        os.kill(api, signal.SIGKILL)
        assert run.process.wait(timeout=10) == 1
        assert "The API ended by SIGKILL" in run.output
        assert run.is_gone()


def test_one_that_does_not_end_when_it_is_told_to_is_killed(tmp_path: Path) -> None:
    with running(tmp_path, api=STUBBORN) as run:
        wait_for(run.ready)
        run.process.terminate()
        assert run.process.wait(timeout=10) == 143
        assert run.is_gone()


def test_a_second_signal_ends_at_once(tmp_path: Path) -> None:
    stubborn = STUBBORN.replace("signal.SIG_IGN", "lambda *_: print('told', flush=True)")
    with running(tmp_path, api=stubborn) as run:
        wait_for(run.ready)
        run.process.send_signal(signal.SIGINT)
        wait_for(lambda: "told" in run.output)
        run.process.send_signal(signal.SIGINT)
        assert run.process.wait(timeout=2) == 130
        assert run.is_gone()


def test_a_kill_that_cannot_be_caught_leaves_nothing(tmp_path: Path) -> None:
    with running(tmp_path) as run:
        wait_for(run.ready)
        run.process.kill()
        wait_for(run.is_gone, seconds=5)


def test_a_guard_that_is_killed_is_replaced(tmp_path: Path) -> None:
    with running(tmp_path) as run:
        wait_for(run.ready)
        first = guards(run.run_id)
        os.kill(first[0], signal.SIGKILL)
        wait_for(lambda: guards(run.run_id) not in ([], first))
        run.process.kill()
        wait_for(run.is_gone, seconds=5)


def guards(run_id: str) -> list[int]:
    return [pid for pid in pids(run_id) if "\0guard\0" in command(pid)]


def pids(run_id: str) -> list[int]:
    mark = f"FLUIDKIT_RUN={run_id}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return ""
