"""`python -m backend.serving` of a workspace, as it serves an application in production."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from running import answer, free_port, wait_for
from scaffolds.backends import BACKEND

APP = Path(__file__).with_name("launched_app.py")

LOGGED = (
    *("time", "level", "logger", "message", "request", "client", "method", "path", "status"),
    *("ms", "bytes", "ending"),
)
"""What a log of objects tells of a request, the front's as the API's."""

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


@dataclass(frozen=True, slots=True)
class Launched:
    """A launcher that serves on its own port."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        """What it has said: the access log."""
        return (self.folder / "output").read_text(encoding="utf-8")

    @property
    def errors(self) -> str:
        return (self.folder / "errors").read_text(encoding="utf-8")

    def workers(self) -> list[int]:
        return [child for child in children(self.process.pid) if is_worker(child)]

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=20)


@contextmanager
def launched(
    folder: Path, *arguments: str, program: Sequence[str] = ("backend.serving",), **variables: str
) -> Iterator[Launched]:
    """Serves `launched_app.py`, laid out in the folder as a backend, with a module of Python."""
    lay_out(folder)
    port = free_port()
    with (folder / "output").open("wb") as output, (folder / "errors").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", *program, "--port", str(port), *arguments],
            cwd=folder,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
        )
    run = Launched(folder, port, process)
    try:
        wait_for(lambda: process.poll() is not None or answer(f"{run.url}/api/pid"))
        assert process.poll() is None, run.errors
        yield run
    finally:
        everybody = (process.pid, *run.workers())
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        for each in everybody:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        process.wait()


def lay_out(folder: Path) -> None:
    """The modules of the template `base` and an application."""
    package = folder / "backend"
    package.mkdir(parents=True, exist_ok=True)
    for module in BACKEND.iterdir():
        if module.name != "__pycache__" and not (package / module.name).exists():
            (package / module.name).symlink_to(module)
    shutil.copy(APP, package / "main.py")


def children(process: int) -> list[int]:
    try:
        return [
            int(child)
            for task in Path(f"/proc/{process}/task").iterdir()
            for child in (task / "children").read_text(encoding="utf-8").split()
        ]
    except OSError:
        return []


def is_worker(process: int) -> bool:
    with contextlib.suppress(OSError):
        return b"spawn_main" in Path(f"/proc/{process}/cmdline").read_bytes()
    return False


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"
