"""The demo in mode `ssr` as it is deployed, with a channel of many listeners: built and started."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from running import Running, answer, free_port, running, wait_for

ROUTES = '''
import os
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel
from sse_starlette import EventSourceResponse as StarletteResponse

from ..channel import Channel, Event, Gap, Start

router = APIRouter()


class Tick(BaseModel):
    number: int
    sent: float
    text: str = ""


class Missed(BaseModel):
    reason: str


ticks = Channel[Tick]("ticks", history=100_000)


@router.get("/ticks/native", response_class=EventSourceResponse)
async def follow_native(
    last_event_id: Annotated[str | None, Header()] = None,
) -> AsyncIterator[ServerSentEvent]:
    """As FastAPI streams events."""
    async for event in ticks.follow(last_event_id):
        match event:
            case Event():
                yield ServerSentEvent(event="tick", id=event.id, data=event.value)
            case Gap():
                yield ServerSentEvent(event="gap", id=event.id, data=Missed(reason="away"))
            case Start():
                yield ServerSentEvent(id=event.id)


@router.get("/ticks/starlette")
async def follow_starlette(last_event_id: Annotated[str | None, Header()] = None):
    """As sse_starlette does, and the demo's notifications."""

    async def events():
        async for event in ticks.follow(last_event_id):
            match event:
                case Event():
                    data = event.value.model_dump_json()
                    yield {"event": "tick", "id": event.id, "data": data}
                case Gap():
                    data = Missed(reason="away").model_dump_json()
                    yield {"event": "gap", "id": event.id, "data": data}
                case Start():
                    yield {"id": event.id}

    return StarletteResponse(events())


@router.get("/worker")
def worker() -> int:
    return os.getpid()
'''


@dataclass(frozen=True, slots=True)
class StartedSite:
    """What `fluidkit start` runs."""

    port: int
    path: str
    run: Running

    def workers(self) -> list[int]:
        """The processes of the API, which are somewhere below that of `fluidkit start`."""
        found, parents = [], [self.run.process.pid]
        while parents:
            children = [child for parent in parents for child in _children(parent)]
            found += [child for child in children if b"backend.serving" in _command(child)]
            parents = children
        return found

    def roll(self) -> None:
        """As `kill -HUP` does."""
        self.run.process.send_signal(signal.SIGHUP)


def build_site(folder: Path) -> Path:
    """A new workspace of the demo with the route, built; its folder."""
    root = folder / "crowd"
    if not root.exists():
        _fluidkit(folder, "new", "crowd", "--template", "demo", "--mode", "ssr", "--no-git")
        (root / "backend/routes/ticks.py").write_text(ROUTES.lstrip(), encoding="utf-8")
        main = root / "backend/main.py"
        text = main.read_text(encoding="utf-8")
        assert "sources, welcome" in text
        text = text.replace("sources, welcome", "sources, ticks, welcome")
        text = text.replace("items, sources):", "items, sources, ticks):")
        main.write_text(text, encoding="utf-8")
    _fluidkit(root, "build")
    return root


@contextmanager
def started(root: Path, *, redis_url: str, path: str, workers: int = 2) -> Iterator[StartedSite]:
    """Runs what was built, as it is deployed."""
    port = free_port()
    os.environ["REDIS_URL"] = redis_url
    log = root.parent / "start.log"
    with running(root, log, "start", "--port", str(port), "--workers", str(workers)) as run:
        wait_for(lambda: run.process.poll() is not None or _serves(port))
        assert run.process.poll() is None, run.output
        yield StartedSite(port, path, run)


def _serves(port: int) -> bool:
    found = answer(f"http://127.0.0.1:{port}/api/worker")
    return found is not None and found[0] == 200


def _fluidkit(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "fluidkit_cli", *arguments]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def _children(process: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        return [int(each) for task in tasks for each in (task / "children").read_text().split()]
    except OSError:
        return []


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""
