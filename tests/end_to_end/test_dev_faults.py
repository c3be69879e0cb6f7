"""Faults between a browser, a real Vite and the API: streams that go through, ends of processes."""

import http.client
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from running import Running, processes_of, running, wait_for

STREAM = """

import asyncio
from collections.abc import AsyncIterator

from fastapi.responses import StreamingResponse


@app.get("/api/ticks")
async def ticks() -> StreamingResponse:
    async def parts() -> AsyncIterator[str]:
        try:
            yield "data: first\\n\\n"
            await asyncio.sleep(600)
        finally:
            print("generator closed", flush=True)

    return StreamingResponse(parts(), media_type="text/event-stream")
"""


@pytest.fixture(scope="module")
def dev(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A run of a workspace with one more stream."""
    folder = tmp_path_factory.mktemp("faults")
    root = folder / "shop"
    shutil.copytree(workspace, root, symlinks=True)
    with (root / "backend/main.py").open("a", encoding="utf-8") as main:
        main.write(STREAM)
    with running(root, folder / "log", "dev") as run:
        wait_for(run.ready, seconds=60)
        yield run


def opened(dev: Running) -> http.client.HTTPResponse:
    """A stream through Vite, of which the first event has come."""
    connection = http.client.HTTPConnection("127.0.0.1", dev.state["web"]["port"], timeout=30)
    connection.request("GET", "/api/ticks")
    answer = connection.getresponse()
    assert answer.readline() == b"data: first\n"
    answer.readline()
    return answer


@pytest.mark.fault(43)
def test_a_client_that_leaves_the_proxy_closes_its_generator(dev: Running) -> None:
    before = dev.output.count("generator closed")
    opened(dev).close()
    wait_for(lambda: dev.output.count("generator closed") > before)


@pytest.mark.fault(44)
def test_a_stream_through_the_proxy_breaks_when_the_api_dies(dev: Running) -> None:
    worker = dev.state["api"]["pid"]
    answer = opened(dev)
    os.kill(worker, signal.SIGKILL)
    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    wait_for(lambda: dev.state["api"]["pid"] not in (0, worker))


@pytest.mark.fault(11)
def test_no_npm_stands_between_us_and_vite(dev: Running) -> None:
    commands = processes_of(dev.state["run_id"])
    assert sum("vite.js" in command for command in commands) == 1
    assert not any("npm" in command for command in commands)


@pytest.mark.fault(13)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_vite_comes_back_on_its_port_and_alone(dev: Running, number: int) -> None:
    before = dev.state["web"]
    os.kill(before["pid"], number)
    wait_for(lambda: dev.state["web"]["pid"] not in (0, before["pid"]), seconds=30)
    wait_for(dev.ready, seconds=60)
    assert dev.state["web"]["port"] == before["port"]
    opened(dev).close()
    test_no_npm_stands_between_us_and_vite(dev)
