"""What the launcher of a workspace serves in tests: the `main.py` of its backend."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi import FastAPI, HTTPException, Request, WebSocket
from fastapi.responses import StreamingResponse

from .serving import draining, serve  # type: ignore[import-untyped]

draining.SETTLING = float(os.environ.get("SETTLING", draining.SETTLING))

app = FastAPI()


@app.get("/api/pid")
async def pid(request: Request) -> tuple[int, str]:
    """Which process answers, and whom it believes to have asked."""
    assert request.client
    return os.getpid(), request.client.host


@app.api_route("/api/ticks", methods=["GET", "POST"])
async def ticks(seconds: float = 3600, kind: str = "text/event-stream") -> StreamingResponse:
    async def tick() -> AsyncIterator[str]:
        end = time.monotonic() + seconds
        with counted("open"):
            while time.monotonic() < end:
                yield "data: 1\n\n"
                await asyncio.sleep(0.05)

    return StreamingResponse(tick(), media_type=kind)


@app.get("/api/slow")
async def slow(seconds: float) -> str:
    with counted("open"):
        await asyncio.sleep(seconds)
    return "done"


@app.get("/api/blocked")
def blocked(seconds: float) -> str:
    with counted("open"):
        time.sleep(seconds)
    return "done"


@app.post("/api/size")
async def size(request: Request) -> int:
    return len(await request.body())


@app.get("/api/fails")
def fails() -> str:
    raise RuntimeError("\x1b[2J\u202e\nadmin came")


@app.websocket("/api/denied")
async def denied(socket: WebSocket) -> None:
    raise HTTPException(404, "No such room")


@app.websocket("/api/echo")
async def echo(socket: WebSocket) -> None:
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(text)


@contextmanager
def counted(name: str) -> Iterator[None]:
    """A file for each that is open now, in the working folder."""
    mark = Path(name) / str(time.monotonic_ns())
    mark.parent.mkdir(exist_ok=True)
    mark.touch()
    try:
        yield
    finally:
        mark.unlink()


serve(app)
