"""Faults of `tests/cases/faults.json` again and again, in a real workspace with a real Vite.

    python tests/benchmarks/bench_faults.py [--share 0.2] [--workspace FOLDER]

Prints how often each went well, with the median and the worst time beside what is allowed, and
fails when one did not. The tests go through each of them once or a few times, without a clock.
"""

import argparse
import contextlib
import http.client
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

from fluidkit_cli.devserver.backoff import CALM_SECONDS
from running import Running, free_port, processes_of, running, wait_for

LIMIT = 60.0
"""Seconds after which a wait is given up."""

STREAMS = """

import asyncio as _asyncio
from collections.abc import AsyncIterator

from fastapi.responses import StreamingResponse


@app.get("/api/version")
async def version() -> str:
    return "v0"


@app.get("/api/forever")
async def forever() -> StreamingResponse:
    async def parts() -> AsyncIterator[str]:
        while True:
            yield "data: tick\\n\\n"
            await _asyncio.sleep(0.1)

    return StreamingResponse(parts(), media_type="text/event-stream")
"""


@dataclass(slots=True)
class Row:
    """One fault: the seconds that it took each time, and what went wrong."""

    name: str
    allowed: float
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @contextmanager
    def time(self) -> Iterator[None]:
        """What takes longer than allowed, or raises, is wrong."""
        start = time.monotonic()
        try:
            yield
        except (AssertionError, OSError, subprocess.TimeoutExpired) as error:
            self.wrong.append(str(error).splitlines()[0] if str(error) else repr(error))
        took = time.monotonic() - start
        self.seconds.append(took)
        if took > self.allowed:
            self.wrong.append(f"{took:.2f} s")

    def show(self) -> None:
        well = len(self.seconds) - len(self.wrong)
        middle, worst = statistics.median(self.seconds), max(self.seconds)
        times = f"median {middle:6.2f} s, worst {worst:6.2f} s, allowed {self.allowed:4.0f} s"
        print(f"{self.name:<44} {well:>3} of {len(self.seconds):<3} {times}", flush=True)
        for text in self.wrong[:3]:
            print(f"    {text}")


class Bench:
    """The workspace in which all happens; `times` scales how often."""

    def __init__(self, root: Path, *, share: float) -> None:
        self.root = root
        self._share = share
        self._log = root / "bench.log"

    def times(self, count: int) -> range:
        return range(max(1, round(count * self._share)))

    @contextmanager
    def dev(self) -> Iterator[Running]:
        with self._started() as run:
            wait_for(run.ready, seconds=LIMIT)
            yield run

    def start_and_stop(self, row: Row) -> None:
        """From the command to a page that can be opened, and gone again."""
        for _ in self.times(30):
            with row.time(), self._started() as run:
                wait_for(run.ready, seconds=LIMIT)
                state = run.state
                assert run.stop() == 130
                wait_until_gone(state["run_id"])

    def kill_supervisor(self, row: Row) -> None:
        for _ in self.times(20):
            with self.dev() as run:
                run_id = run.state["run_id"]
                run.process.kill()
                run.process.wait()
                with row.time():
                    wait_until_gone(run_id)

    def kill_supervisor_and_guard(self, row: Row) -> None:
        """From the next start until it is ready, with nothing of the killed run left."""
        for _ in self.times(5):
            with self.dev() as run:
                state = run.state
                run.process.send_signal(signal.SIGSTOP)
                for pid in (state["guard"]["pid"], state["pid"]):
                    os.kill(pid, signal.SIGKILL)
                run.process.wait()
                with row.time(), self.dev():
                    assert not processes_of(state["run_id"])

    def kill_worker(self, row: Row) -> None:
        with self.dev() as run:
            for _ in self.times(20):
                time.sleep(CALM_SECONDS)  # what ends sooner is no accident, and waits for longer
                os.kill(run.state["api"]["pid"], signal.SIGKILL)
                with row.time():
                    wait_for(lambda: status(run, "api", "/api/version") == 200, seconds=LIMIT)
                wait_for(run.ready, seconds=LIMIT)

    def kill_vite(self, row: Row) -> None:
        with self.dev() as run:
            for _ in self.times(20):
                time.sleep(CALM_SECONDS)
                before = run.state["web"]
                os.kill(before["pid"], signal.SIGKILL)
                with row.time():
                    wait_for(lambda: status(run, "web", "/") == 200, seconds=LIMIT)
                assert run.state["web"]["port"] == before["port"]
                wait_for(run.ready, seconds=LIMIT)

    def stop_with_streams(self, row: Row, number: int = signal.SIGINT) -> None:
        for _ in self.times(10):
            with self.dev() as run:
                streams = [stream(run) for _ in range(50)]
                with row.time():
                    code = run.stop(number)
                    wait_until_gone(run.state.get("run_id", ""))
                assert code == 128 + number
                for each in streams:
                    each.close()

    def terminate_with_streams(self, row: Row) -> None:
        self.stop_with_streams(row, signal.SIGTERM)

    def kill_while_generating(self, row: Row) -> None:
        """From the start after it until the clients are those of the newest code."""
        main = self.root / "backend/main.py"
        clients = self.root / "frontend/src/lib/api"
        text, seed = main.read_text(encoding="utf-8"), random.Random(6)
        try:
            for number in self.times(100):
                with self.dev() as run:
                    main.write_text(text.replace("def version(", f"def v{number}("), "utf-8")
                    time.sleep(seed.uniform(0, 0.3))
                    run.process.kill()
                    run.process.wait()
                broken = [file.name for file in clients.rglob("*.ts") if not is_whole(file)]
                with row.time(), self.dev():
                    assert not broken, broken
                    assert f"v{number}(" in (clients / "main.api.ts").read_text(encoding="utf-8")
        finally:
            main.write_text(text, encoding="utf-8")

    def _started(self) -> AbstractContextManager[Running]:
        """On ports of its own: others on this machine may run one, too."""
        ports = ("--port", str(free_port()), "--api-port", str(free_port()))
        return running(self.root, self._log, "dev", *ports)


def wait_until_gone(run_id: str) -> None:
    wait_for(lambda: not processes_of(run_id), seconds=LIMIT)


def status(run: Running, side: str, path: str) -> int:
    """0 while nobody answers."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection("127.0.0.1", run.state[side]["port"], timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status
    return 0


def stream(run: Running) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", run.state["api"]["port"], timeout=30)
    connection.request("GET", "/api/forever")
    assert connection.getresponse().read(5) == b"data:"
    return connection


def is_whole(file: Path) -> bool:
    """Each of our files begins with a comment and ends with a line."""
    text = file.read_text(encoding="utf-8")
    return text.startswith("//") and text.endswith("\n")


FAULTS: dict[str, tuple[float, Callable[[Bench, Row], None]]] = {
    "25 started and stopped": (8, Bench.start_and_stop),
    "7 kill -9 of the supervisor: nothing left": (2, Bench.kill_supervisor),
    "8 kill -9 of it and the guard: next run up": (10, Bench.kill_supervisor_and_guard),
    "kill -9 of the worker: answers again": (2, Bench.kill_worker),
    "13 kill -9 of Vite: answers again": (5, Bench.kill_vite),
    "1 Ctrl-C with 50 open streams: all gone": (1, Bench.stop_with_streams),
    "2 SIGTERM with 50 open streams: all gone": (5, Bench.terminate_with_streams),
    "34 kill -9 while generating: mended": (10, Bench.kill_while_generating),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of how often each is repeated")
    parser.add_argument("--workspace", type=Path, help="an installed one, of which a copy is used")
    parser.add_argument("--only", default="", help="those whose name has this in it")
    options: Any = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="fluidkit-faults-") as folder:
        bench = Bench(workspace(Path(folder), options.workspace), share=options.share)
        for name, (allowed, act) in FAULTS.items():
            if options.only in name:
                row = Row(name, allowed)
                act(bench, row)
                row.show()
                wrong += len(row.wrong)
    return 1 if wrong else 0


def workspace(folder: Path, installed: Path | None) -> Path:
    root = folder / "shop"
    if installed:
        shutil.copytree(installed, root, symlinks=True)
    else:
        command = [sys.executable, "-m", "fluidkit_cli", "new", str(root), "--template", "minimal"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with (root / "backend/main.py").open("a", encoding="utf-8") as main:
        main.write(STREAMS)
    return root


if __name__ == "__main__":
    sys.exit(main())
