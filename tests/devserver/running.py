"""A real `fluidkit dev` on a tiny workspace, for tests that kill, edit and stream."""

import errno
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fluidkit_cli.devserver.system import members

PROGRAMS = Path(__file__).parent / "programs"
REPOSITORY = Path(__file__).parents[2]

MAIN = """
import asyncio
import os
from collections.abc import AsyncIterable

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

app = FastAPI()


class Item(BaseModel):
    name: str


@app.get("/api/version")
async def version() -> str:
    return "v1"


@app.get("/api/item")
async def item() -> Item:
    return Item(name="a")


@app.get("/api/slow")
async def slow() -> str:
    await asyncio.sleep(1)
    return "slow"


@app.get("/api/exit")
async def leave() -> None:
    os._exit(0)


@app.get("/api/flood")
async def flood() -> None:
    for _ in range(2000):
        print("x" * 1000, flush=True)


@app.get("/api/events")
async def events() -> StreamingResponse:
    async def ticks() -> AsyncIterable[str]:
        try:
            while True:
                yield "data: tick\\n\\n"
                await asyncio.sleep(0.02)
        finally:
            print("generator closed", flush=True)

    return StreamingResponse(ticks(), media_type="text/event-stream")


@app.get("/api/report")
async def report() -> StreamingResponse:
    async def parts() -> AsyncIterable[str]:
        yield "["
        await asyncio.sleep(0.8)
        yield "1]"

    return StreamingResponse(parts(), media_type="application/json")


@app.get("/api/download")
async def download() -> StreamingResponse:
    async def parts() -> AsyncIterable[bytes]:
        for _ in range(10):
            yield b"0123456789"
            await asyncio.sleep(0.08)

    attachment = {"Content-Disposition": "attachment; filename=a.bin"}
    return StreamingResponse(parts(), headers=attachment, media_type="application/octet-stream")
"""

CONFIGURATION = '[project]\nname = "tiny"\nversion = "0"\n\n[tool.fluidkit]\n'


def until(holds: Callable[[], object], seconds: float = 20) -> float:
    """How many seconds it took until the condition held; fails when that is too long."""
    start = time.monotonic()
    while not holds():
        waited = time.monotonic() - start
        assert waited < seconds, f"not within {seconds} s: {holds}"
        time.sleep(0.01)
    return time.monotonic() - start


class Dev:
    """The running command. Its output goes to a file, so that nobody need read it."""

    def __init__(self, root: Path, *, environment: dict[str, str] | None = None) -> None:
        self.root = root
        self.main = root / "backend" / "main.py"
        self.output = root / "output.log"
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        self.environment = {**kept, "PYTHONPATH": str(REPOSITORY), **(environment or {})}
        self.process: subprocess.Popen[bytes] | None = None
        self._opened: list[socket.socket] = []

    def start(self) -> "Dev":
        """Returns at once."""
        with self.output.open("wb") as output:
            self.run([], stdout=output.fileno(), stderr=output.fileno())
        return self

    def run(
        self, prefix: list[str], *, stdout: int, stderr: int, stdin: int = subprocess.DEVNULL
    ) -> None:
        """As `start`, behind a command of the test's choice and on its descriptors."""
        self.process = subprocess.Popen(
            [*prefix, sys.executable, str(PROGRAMS / "launch.py")],
            cwd=self.root,
            env=self.environment,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
        )

    def ready(self) -> "Dev":
        """Returns when it says that it is."""
        process = self.process
        assert process

        def is_ready() -> bool:
            state = self.state  # may be that of an earlier run
            return state.get("state") == "ready" and state["pid"] == process.pid

        until(is_ready, 30)
        return self

    @property
    def state(self) -> dict[str, Any]:
        """`dev.json`, empty while there is none."""
        try:
            content: dict[str, Any] = json.loads((self.root / ".fluidkit/dev.json").read_bytes())
        except FileNotFoundError:
            return {}
        return content

    @property
    def error(self) -> dict[str, Any]:
        """`error.json`."""
        content: dict[str, Any] = json.loads((self.root / ".fluidkit/error.json").read_bytes())
        return content

    @property
    def said(self) -> str:
        """All output so far."""
        return self.output.read_text(encoding="utf-8")

    def connect(self, timeout: float = 10) -> http.client.HTTPConnection:
        """A connection to the API, closed at the end of the run."""
        port = self.state["api"]["port"]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        connection.connect()
        # an answer without keep-alive takes the socket away from the connection
        self._opened.append(connection.sock)
        return connection

    def get(self, path: str) -> tuple[int, Any]:
        """Status and JSON of the API's answer."""
        connection = self.connect()
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, json.loads(body)

    def stream(self, path: str = "/api/events") -> http.client.HTTPResponse:
        """An open stream of which something has come."""
        connection = self.connect()
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.read(1)
        return answer

    def edit(self, old: str, new: str) -> None:
        """Saves the app's main file with a change, in one step as editors do."""
        text = self.main.read_text(encoding="utf-8")
        assert old in text
        fresh = self.main.with_suffix(".new")
        fresh.write_text(text.replace(old, new), encoding="utf-8")
        fresh.replace(self.main)

    def signal(self, number: int) -> None:
        """To the supervisor alone."""
        assert self.process
        self.process.send_signal(number)

    def wait(self, seconds: float) -> int:
        """The exit code."""
        assert self.process
        return self.process.wait(seconds)

    def close_connections(self) -> None:
        """Leaves whatever is still streaming."""
        for opened in self._opened:
            opened.close()

    def end(self) -> None:
        """Ends it if it still runs."""
        self.close_connections()
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(15)


def leftovers(run_id: str) -> list[int]:
    """Processes of the run that still live."""
    return list(members(run_id))


def assert_nothing_left(state: dict[str, Any], seconds: float = 20) -> None:
    """No process of the run within so many seconds; without them its ports are free."""
    until(lambda: not leftovers(state["run_id"]), seconds)


def read_all(terminal: int) -> str:
    """What was written to it until its end, which shows as an error on Linux."""
    parts = []
    try:
        while part := os.read(terminal, 65536):
            parts.append(part)
    except OSError as error:
        assert error.errno == errno.EIO
    os.close(terminal)
    return b"".join(parts).decode()


def make_workspace(root: Path, main: str = MAIN) -> Path:
    """A backend of one module, and no front end but its folder."""
    (root / "backend").mkdir(parents=True)
    (root / "frontend").mkdir()
    (root / "backend/__init__.py").touch()
    (root / "backend/main.py").write_text(main, encoding="utf-8")
    (root / "pyproject.toml").write_text(CONFIGURATION, encoding="utf-8")
    return root


@contextmanager
def running(root: Path, **environment: str) -> Iterator[Dev]:
    """The command in this folder, started; ended afterwards."""
    dev = Dev(root, environment=environment)
    try:
        yield dev.start()
    finally:
        run_id = dev.state.get("run_id", "")
        dev.end()
        if run_id:
            until(lambda: not leftovers(run_id))
