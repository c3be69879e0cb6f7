"""What is open gets its `finally` when the worker goes, on a reload and at the end."""

import signal
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from devserver.running import MAIN, Dev, make_workspace, running, until

ENDINGS = """
import time
import anyio
from fastapi import BackgroundTasks, WebSocket
from fastapi.sse import EventSourceResponse


def closed(text):
    print(f"closed: {text}", flush=True)


@app.get("/api/open/sync", response_class=EventSourceResponse)
def open_sync():
    try:
        while True:
            yield "1"
            time.sleep(0.02)
    finally:
        closed("sync generator")


@app.get("/api/open/sync-response")
def open_sync_response():
    def chunks():
        try:
            while True:
                yield "data: 1\\n\\n"
                time.sleep(0.02)
        finally:
            closed("sync generator of a response")
    return StreamingResponse(chunks(), media_type="text/event-stream")


@app.get("/api/open/nested", response_class=EventSourceResponse)
async def open_nested():
    async def inner():
        try:
            while True:
                yield "1"
                await asyncio.sleep(0.02)
        finally:
            closed("inner generator")
    try:
        async for text in inner():
            yield text
    finally:
        closed("outer generator")


@app.get("/api/open/shielded")
async def open_shielded():
    async def lines():
        try:
            while True:
                yield "{}\\n"
                await asyncio.sleep(0.02)
        finally:
            with anyio.CancelScope(shield=True):
                await asyncio.sleep(0.3)
            closed("generator that awaits")
    return StreamingResponse(lines(), media_type="application/x-ndjson")


@app.get("/api/background")
async def background(tasks: BackgroundTasks) -> str:
    async def work():
        await asyncio.sleep(0.7)
        closed("background task")
    tasks.add_task(work)
    return "later"


LOOPS = []


@app.get("/api/loop")
async def loop() -> str:
    async def run():
        try:
            while True:
                await asyncio.sleep(1)
        finally:
            closed("task of its own")
    LOOPS.append(asyncio.create_task(run()))
    return "runs"


@app.websocket("/api/socket")
async def socket(socket: WebSocket):
    await socket.accept()
    try:
        while True:
            await socket.receive_text()
    finally:
        closed("socket")
"""
CLOSED = (
    *("sync generator", "sync generator of a response", "inner generator", "outer generator"),
    *("generator that awaits", "background task", "task of its own", "socket"),
)


@pytest.fixture(scope="module")
def ending(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    root = make_workspace(tmp_path_factory.mktemp("ending") / "tiny", MAIN + ENDINGS)
    with running(root) as dev:
        yield dev.ready()


def open_all(dev: Dev) -> ClientConnection:
    """The WebSocket; the rest is open until the worker goes."""
    for path in ("sync", "sync-response", "nested", "shielded"):
        dev.stream(f"/api/open/{path}")
    assert dev.get("/api/background") == (200, "later")
    assert dev.get("/api/loop") == (200, "runs")
    return connect(f"ws://127.0.0.1:{dev.state['api']['port']}/api/socket", proxy=None)


@pytest.mark.parametrize("way", ["a save", "the end"])
def test_all_that_is_open_is_closed_in_its_own_way(ending: Dev, way: str) -> None:
    before = len(ending.said)
    with open_all(ending) as opened:
        if way == "a save":
            ending.edit('"v1"', '"v2"')
        else:
            ending.signal(signal.SIGINT)
        with pytest.raises(ConnectionClosed) as caught:
            opened.recv(timeout=20)
        assert caught.value.rcvd and caught.value.rcvd.code == 1012
    for what in CLOSED:
        until(lambda what=what: f"closed: {what}\n" in ending.said[before:], 20)  # type: ignore[misc]
    assert "Traceback" not in ending.said[before:]
    if way == "the end":
        assert ending.wait(20) == 130
