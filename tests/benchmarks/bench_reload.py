"""Edit to new code served, and edit to changed client on disk: ours against `uvicorn --reload`.

Both serve the template's backend from folders of their own and are edited in turn, so that what
the machine does besides hits both alike. Run it with `make bench`, or alone with `--edits N`.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from running import free_port, running, wait_for

GREETINGS = "backend/routes/greetings.py"
CLIENT = "frontend/src/lib/api/greetings.api.ts"
LIMIT = 20.0
"""Seconds after which an edit counts as never served."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A server that reloads, and the milliseconds that its edits took."""

    name: str
    root: Path
    url: str
    writes_clients: bool
    served: list[float] = field(default_factory=list)
    written: list[float] = field(default_factory=list)

    def edit(self, number: int) -> None:
        """Changes one answer and one docstring, and times both ways."""
        file = self.root / GREETINGS
        text = file.read_text(encoding="utf-8")
        mark = f"mark{number:04}"
        before = f"mark{number - 1:04}"
        start = time.perf_counter()
        file.write_text(text.replace(before, mark), encoding="utf-8")
        client = threading.Thread(target=self._time_client, args=(mark, start))
        if self.writes_clients:
            client.start()
        self.served.append(_milliseconds_until(start, lambda: mark in self._answer()))
        if self.writes_clients:
            client.join()

    def _time_client(self, mark: str, start: float) -> None:
        client = self.root / CLIENT
        reached = _milliseconds_until(start, lambda: mark in client.read_text(encoding="utf-8"))
        self.written.append(reached)

    def _answer(self) -> str:
        try:
            with urllib.request.urlopen(f"{self.url}/api/mark", timeout=2) as response:
                return str(response.read())
        except OSError:
            return ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=20)
    edits = parser.parse_args().edits
    with tempfile.TemporaryDirectory(prefix="fluidkit-bench-") as folder, ExitStack() as stack:
        home = Path(folder)
        _new_workspace(home / "ours")
        shutil.copytree(home / "ours", home / "ours_streaming", symlinks=True)
        shutil.copytree(home / "ours", home / "theirs", symlinks=True)
        contenders = [
            stack.enter_context(_fluidkit(home / "ours")),
            stack.enter_context(_fluidkit(home / "ours_streaming", with_stream=True)),
            stack.enter_context(_uvicorn(home / "theirs")),
        ]
        for number in range(1, edits + 1):
            for contender in contenders:
                contender.edit(number)
                time.sleep(0.3)  # an editor does not save twice at once; let each settle
        _report(contenders)


def _new_workspace(root: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "fluidkit_cli",
        "new",
        str(root),
        "--template",
        "minimal",
        "--no-git",
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with (root / GREETINGS).open("a", encoding="utf-8") as file:
        file.write('\n\n@router.get("/mark")\ndef mark() -> str:\n')
        file.write('    """mark0000"""\n    return "mark0000"\n')


@contextmanager
def _fluidkit(root: Path, *, with_stream: bool = False) -> Iterator[Contender]:
    with running(root, root.with_suffix(".log"), "dev") as run, ExitStack() as stack:
        wait_for(run.ready, seconds=60)
        url = run.state["api"]["url"]
        if with_stream:
            stack.enter_context(_open_stream(url))
        name = "fluidkit dev, one open stream" if with_stream else "fluidkit dev"
        yield Contender(name, root, url, writes_clients=True)


@contextmanager
def _uvicorn(root: Path) -> Iterator[Contender]:
    port = str(free_port())
    command = [str(root / ".venv/bin/python"), "-m", "uvicorn", "backend.main:app"]
    options = ["--reload", "--reload-dir", "backend", "--port", port, "--log-level", "error"]
    process = subprocess.Popen([*command, *options], cwd=root)
    contender = Contender("uvicorn --reload", root, f"http://127.0.0.1:{port}", False)
    try:
        wait_for(lambda: "mark0000" in contender._answer(), seconds=30)
        yield contender
    finally:
        process.terminate()
        process.wait(timeout=10)


@contextmanager
def _open_stream(url: str) -> Iterator[None]:
    """Reads the clock's events for as long as the block lasts, again after each cut."""
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            try:
                with urllib.request.urlopen(f"{url}/api/clock", timeout=2) as response:
                    while not ended.is_set() and response.readline():
                        pass
            except OSError:
                ended.wait(0.05)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield
    finally:
        ended.set()
        reader.join(timeout=5)


def _milliseconds_until(start: float, reached: Callable[[], bool]) -> float:
    while not reached():
        if time.perf_counter() - start > LIMIT:
            return LIMIT * 1000
        time.sleep(0.002)
    return (time.perf_counter() - start) * 1000


def _report(contenders: list[Contender]) -> None:
    baseline = statistics.median(contenders[-1].served)
    print(f"{'edit to …':36}{'median':>10}{'worst':>10}{'ratio':>10}")
    for contender in contenders:
        for what, times in (("served", contender.served), ("client on disk", contender.written)):
            if times:
                median, worst = statistics.median(times), max(times)
                label = f"{what}: {contender.name}"
                print(f"{label:48}{median:8.0f} ms{worst:8.0f} ms{median / baseline:8.2f}")


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
