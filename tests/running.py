"""A `fluidkit` command that runs in a workspace, for the tests."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Running:
    """A `fluidkit` process in a workspace, and what it has printed so far."""

    root: Path
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def state(self) -> dict[str, Any]:
        try:
            text = (self.root / ".fluidkit/dev.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        return dict(json.loads(text))

    @property
    def url(self) -> str:
        return str(self.state["url"])

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def ready(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"it ended with {self.process.returncode}:\n{self.output}")
        state = self.state
        return state.get("state") == "ready" and state["pid"] == self.process.pid

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=15)


FLUIDKIT = (sys.executable, "-m", "fluidkit_cli")


@contextmanager
def running(
    root: Path, log: Path, *arguments: str, program: Sequence[str] = FLUIDKIT
) -> Iterator[Running]:
    """Runs a `fluidkit` command in a workspace and ends it, whatever happens."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*program, *arguments],
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    run = Running(root, process, log)
    try:
        yield run
    finally:
        if process.poll() is None:
            run.stop()


def wait_for(what: Callable[[], Any], *, seconds: float = 60) -> Any:
    """The first true value of `what`, asked for again and again for at most `seconds`."""
    deadline = time.monotonic() + seconds
    while not (value := what()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {getattr(what, '__name__', what)}")
        time.sleep(0.02)
    return value


def answer(url: str) -> tuple[int, str] | None:
    """Status and body of what is there, or None while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return response.status, str(response.read(), "utf-8")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, str(error.read(), "utf-8")
    except OSError:
        return None


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def processes_of(run_id: str) -> list[str]:
    """The command lines of all processes that belong to this run of `fluidkit dev`."""
    mark = f"FLUIDKIT_RUN={run_id}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_text(encoding="utf-8").replace("\0", " "))
        except (OSError, UnicodeDecodeError):
            continue
    return found
