"""An exception in a route, as the terminal shows it."""

import contextlib
import http.client
import json
import re
from pathlib import Path

import pytest

from devserver.running import (
    MAIN,
    make_workspace,
    running,
    until,
)

FAILING = """

@app.get("/api/fails")
async def fails() -> None:
    raise ValueError("in a route")


@app.get("/api/stream-fails")
async def stream_fails() -> StreamingResponse:
    async def parts() -> AsyncIterable[bytes]:
        yield b"x"
        raise ValueError("in a stream")

    return StreamingResponse(parts(), media_type="text/event-stream")
"""


@pytest.mark.parametrize(("path", "place"), [("fails", "in fails"), ("stream-fails", "in parts")])
def test_an_exception_shows_the_users_frames_once(tmp_path: Path, path: str, place: str) -> None:
    with running(make_workspace(tmp_path / "tiny", MAIN + FAILING)) as dev:
        dev.ready()
        for _ in range(3):
            with contextlib.suppress(http.client.IncompleteRead, json.JSONDecodeError):
                dev.get(f"/api/{path}")
        until(lambda: "3 times now" in dev.said)
        assert dev.said.count("Traceback") == 1
        files = re.findall(r'File "(.*)", line \d+, (.*)', dev.said)
        assert files == [("backend/main.py", place)]
