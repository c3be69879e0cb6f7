"""An application with a channel and a kind of runs, served by one worker or several."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from running import answer, free_port, wait_for
from scaffolds.backends import BACKEND

APP = """
import asyncio
import os
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import FastAPI, Header, routing
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel
from sse_starlette import EventSourceResponse as StarletteResponse

from backend import channel, run_lease
from backend.channel import Channel, Event, Gap, Start, channels
from backend.run import Ended, Runs, Snapshot, runs
from backend.serving import serve


channel.PATIENCE = float(os.environ["PATIENCE"])
run_lease.LEASE, run_lease.LOOK = 1.5, 0.5
routing._PING_INTERVAL = StarletteResponse.DEFAULT_PING_INTERVAL = float(os.environ["PING"])


class Tick(BaseModel):
    number: int
    sent: float
    text: str = ""


ticks = Channel[Tick]("ticks", history=100_000)
counts = Runs[int]("counts")


async def lifespan(app):
    async with channels(), runs():
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/ticks", response_class=EventSourceResponse)
async def follow_ticks(
    last_event_id: Annotated[str | None, Header()] = None,
) -> AsyncIterator[ServerSentEvent]:
    async for event in ticks.follow(last_event_id):
        match event:
            case Event():
                yield ServerSentEvent(event="tick", id=event.id, data=event.value)
            case Gap():
                yield ServerSentEvent(event="gap", id=event.id, data={})
            case Start():
                yield ServerSentEvent(id=event.id)


@app.get("/starlette")
async def follow_starlette(last_event_id: Annotated[str | None, Header()] = None):
    async def events():
        async for event in ticks.follow(last_event_id):
            name = "tick" if isinstance(event, Event) else "other"
            data = event.value.model_dump_json() if isinstance(event, Event) else "{}"
            yield {"event": name, "id": event.id, "data": data}

    return StarletteResponse(events())


@app.post("/ticks")
async def publish(tick: Tick) -> str:
    return await ticks.publish(tick)


@app.get("/worker")
def worker() -> int:
    return os.getpid()


async def count(to: int) -> AsyncIterator[int]:
    for number in range(to):
        yield number
        await asyncio.sleep(0.05)


@app.post("/counts")
async def start(to: int = 1_000_000) -> str:
    return await counts.start(count(to))


@app.get("/counts/{run}", response_class=EventSourceResponse)
async def follow(
    run: str, last_event_id: Annotated[str | None, Header()] = None
) -> AsyncIterator[ServerSentEvent]:
    async for event in counts.follow(run, last_event_id):
        match event:
            case Snapshot():
                yield ServerSentEvent(event="snapshot", id=event.id, data=event.values)
            case Ended():
                yield ServerSentEvent(event="ended", id=event.id, data=event)
            case Event():
                yield ServerSentEvent(event="count", id=event.id, data=event.value)


@app.post("/counts/{run}/stop")
async def stop(run: str) -> Ended:
    return await counts.stop(run)


serve(app)
"""


@dataclass
class Served:
    """An application on its own port, with one worker or several."""

    port: int
    process: "subprocess.Popen[bytes]"
    log: Path
    path: str = "/ticks"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def roll(self) -> None:
        """Restarts one worker after the other, as uvicorn does."""
        self.process.send_signal(signal.SIGHUP)

    def workers(self) -> list[int]:
        """The processes that serve: the children of one that watches over them."""
        task = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        children = map(int, Path(task).read_text(encoding="utf-8").split())
        return [child for child in children if b"spawn_main" in _command(child)]


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


@contextmanager
def serving(
    folder: Path, *, redis_url: str = "", workers: int = 1, **settings: float
) -> Iterator[Served]:
    """Runs the application with uvicorn.

    `settings` are the seconds of `patience`, `ping` and `shutdown_timeout`.
    """
    folder.mkdir(exist_ok=True)
    (folder / "served.py").write_text(APP, encoding="utf-8")
    with contextlib.suppress(FileExistsError):
        (folder / "backend").symlink_to(BACKEND)
    port = free_port()
    environment = {**os.environ, "PYTHONPATH": str(folder), "STREAMS_PER_USER": "1000"}
    for name, standard in (("patience", 30.0), ("ping", 15.0), ("shutdown_timeout", 0.5)):
        environment[name.upper()] = str(settings.get(name, standard))
    environment.pop("REDIS_URL", None)
    if redis_url:
        environment["REDIS_URL"] = redis_url
    options = ["--port", str(port), "--workers", str(workers), "--log-level", "warning"]
    options += ["--timeout-graceful-shutdown", "1"]
    log = folder / f"{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "served:app", *options],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    served = Served(port, process, log)
    try:
        wait_for(lambda: process.poll() is not None or answer(f"{served.url}/worker"))
        assert process.poll() is None, log.read_text(encoding="utf-8")
        yield served
    finally:
        children = served.workers()
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            for each in (process.pid, *children):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)
            process.wait()
