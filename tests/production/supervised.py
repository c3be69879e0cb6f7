"""A run of `fluidkit start` with small servers in the place of the real ones."""

import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from running import processes_of, wait_for

DRAIN_SECONDS = 0.5

RUN = """
import os, sys
from pathlib import Path
from fluidkit_cli.devserver.ports import listening_socket
from fluidkit_cli.devserver.process import Command
from fluidkit_cli.devserver.terminal import Terminal
from fluidkit_cli.paper import Paper
from fluidkit_cli.production.plan import Plan, Server
from fluidkit_cli.production.releases import Releases
from fluidkit_cli.production.run_folder import run_folder
from fluidkit_cli.production.supervisor import supervise

folder, run_id, drain_seconds, hang_seconds, *counts = sys.argv[1:]
environment = {**os.environ, "FLUIDKIT_RUN": run_id, "PYTHONUNBUFFERED": "1"}
servers, urls, listeners = [], [], []
for name, title, count in zip(("web", "api"), ("The front", "The API"), counts):
    listener = listening_socket(None, start=20000 + os.getpid() % 20000, flag="--port")
    descriptor = listener.fileno()
    arguments = (sys.executable, "server.py", name, str(descriptor))
    command = Command(arguments, Path(folder), environment, (descriptor,))
    servers.append(Server(name, title, lambda release, command=command: command, int(count)))
    urls.append(f"http://127.0.0.1:{listener.getsockname()[1]}")
    listeners.append(listener)
plan = Plan(
    tuple(servers),
    run_id,
    drain_seconds=float(drain_seconds),
    hang_seconds=float(hang_seconds),
    name="build/",
    details="ssr",
    urls=tuple(urls),
)
with run_folder(Path(folder, "runs"), run_id) as own:
    releases = Releases(Path(folder, "build"), own, check=lambda: None, warn=print)
    raise SystemExit(supervise(plan, Terminal(Paper(stamped=True)), releases=releases))
"""

SERVER = """
import os, signal, socket, subprocess, sys, time
from pathlib import Path

name, descriptor = sys.argv[1], int(sys.argv[2])
told = []
signal.signal(signal.SIGTERM, lambda *_: told.append(True))
print("url", name, socket.socket(fileno=os.dup(descriptor)).getsockname()[1])
is_mute = False
exec(Path(f"{name}.py").read_text(encoding="utf-8"))
ready = int(os.environ["READY_FD"])
os.write(ready, b"serving")
if is_mute:
    os.close(ready)
listener = socket.socket(fileno=descriptor)
listener.settimeout(0.02)
while not told:
    if Path("hangs").exists() and Path("hangs").read_text() == str(os.getpid()):
        print(name, "hangs")
        time.sleep(600)
    if not is_mute:
        os.write(ready, b".")
    try:
        connection, _ = listener.accept()
    except TimeoutError:
        continue
    with connection:
        connection.settimeout(10)
        connection.recv(65536)
        pid = str(os.getpid())
        head = f"HTTP/1.1 200 OK\\r\\nContent-Length: {len(pid)}\\r\\nConnection: close\\r\\n\\r\\n"
        connection.sendall(f"{head}{pid}".encode())
print(name, "ends")
"""
"""Answers with its process. `<name>.py` may do something before it serves, and have it never say
that it lives; the process that `hangs` names does nothing."""


@dataclass(frozen=True, slots=True)
class Supervised:
    """The process that runs the servers."""

    process: subprocess.Popen[bytes]
    run_id: str
    log: Path

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def ready(self) -> bool:
        assert self.process.poll() is None, self.output
        return " runs at http://" in self.output

    def is_gone(self) -> bool:
        return processes_of(self.run_id) == []

    def says(self, pattern: str) -> bool:
        return re.search(pattern, self.output) is not None

    def ask(self, name: str) -> int:
        """The process of the server that answers."""
        found = re.search(rf"url {name} (\d+)", self.output)
        assert found
        connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=20)
        with closing(connection):
            connection.request("GET", "/")
            return int(connection.getresponse().read())

    def hang(self, name: str) -> int:
        """Has a process of the server do nothing any more."""
        pid = self.ask(name)
        (self.log.parent / "hangs").write_text(str(pid), encoding="utf-8")
        wait_for(lambda: self.says(f"{name} hangs"))
        return pid

    def pids(self, name: str) -> list[int]:
        """Of the processes of one of the servers."""
        return sorted(pid for pid in pids_of(self.run_id) if f"\0{name}\0" in command(pid))


@contextmanager
def supervised(
    folder: Path,
    *,
    api: str = "",
    web: str = "",
    counts: tuple[int, int] = (1, 1),
    hang_seconds: float = 0,
) -> Iterator[Supervised]:
    """`api` and `web` are what these do before they serve."""
    lay_out_servers(folder, api=api, web=web)
    log, run_id = folder / "log", f"start-{os.getpid()}-{folder.name}"
    with log.open("wb") as output:
        process = subprocess.Popen(
            arguments(folder, run_id, counts, hang_seconds=hang_seconds),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # without a terminal, wherever the tests are run
        )
    try:
        yield Supervised(process, run_id, log)
    finally:
        process.kill()
        process.wait()
        wait_for(lambda: processes_of(run_id) == [])


def lay_out_servers(folder: Path, *, api: str = "", web: str = "") -> None:
    (folder / "build").mkdir()
    for name, text in (("server", SERVER), ("api", api), ("web", web)):
        (folder / f"{name}.py").write_text(text, encoding="utf-8")


def arguments(
    folder: Path, run_id: str, counts: tuple[int, int], *, hang_seconds: float = 0
) -> list[str]:
    numbers = map(str, (DRAIN_SECONDS, hang_seconds, *counts))
    return [sys.executable, "-c", RUN, str(folder), run_id, *numbers]


def kill(pid: int) -> None:
    """As nobody can catch it."""
    os.kill(pid, signal.SIGKILL)


def pids_of(run_id: str) -> list[int]:
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
