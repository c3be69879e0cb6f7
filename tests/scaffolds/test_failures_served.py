"""`backend/serving/failures.py` behind a real uvicorn, with each way it speaks HTTP/1.1."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import IncompleteRead
from pathlib import Path

import pytest

from running import answer, free_port, wait_for
from scaffolds.backends import BACKEND
from scaffolds.failing_app import EVENTS, KINDS

APP = """
from failing_app import router
from fastapi import FastAPI

from backend.serving.failures import report_failures

app = FastAPI()
app.include_router(router)
report_failures(app)
"""


@dataclass(frozen=True, slots=True)
class Served:
    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    @contextmanager
    def asked(self, path: str) -> Iterator[http.client.HTTPResponse]:
        """The client leaves at the end of the block."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with closing(connection):
            connection.request("GET", path)
            with connection.getresponse() as response:
                yield response

    @property
    def logged(self) -> str:
        return self.log.read_text(encoding="utf-8")


@contextmanager
def serving(folder: Path, implementation: str) -> Iterator[Served]:
    (folder / "served.py").write_text(APP, encoding="utf-8")
    search = os.pathsep.join(str(path) for path in (folder, Path(__file__).parent, BACKEND.parent))
    options = ("--http", implementation, "--timeout-graceful-shutdown", "1")
    port = free_port()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "served:app", "--port", str(port), *options],
            env={**os.environ, "PYTHONPATH": search, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(lambda: answer(f"http://127.0.0.1:{port}/openapi.json"))
        yield Served(port, process, folder / "log")
    finally:
        process.kill()
        process.wait(timeout=10)


@pytest.fixture(scope="module", params=["h11", "httptools"])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served"), request.param) as served:
        yield served


@pytest.mark.parametrize("kind", KINDS)
def test_a_client_learns_of_a_failure_within_a_second(served: Served, kind: str) -> None:
    before = len(served.logged)
    began = time.monotonic()
    with served.asked(f"/{kind}") as stream, pytest.raises(IncompleteRead) as caught:
        stream.read()
    assert time.monotonic() - began < 1
    told = caught.value.partial.partition(b"event: fluidkit.error\n")[2]
    assert bool(told) == (kind in EVENTS)
    logged = served.logged[before:]
    assert logged.count("Exception in ASGI application") == 1
    assert logged.count("Traceback (most recent call last)") >= 1
    assert "ValueError: the numbers are out" in logged
    if told:
        identity = told.split(b'"')[3].decode()
        assert f"The client was told: error {identity}\n" in logged


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_stream_ends_and_its_connection_is_used_again(served: Served, kind: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    bodies = []
    for _ in range(2):
        connection.request("GET", f"/{kind}?ends=well")
        bodies.append(connection.getresponse().read())
    assert bodies[0] == bodies[1]
    assert bodies[0].count(b"1") == bodies[0].count(b"2") == 1
    connection.close()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.startswith("sync")])
def test_a_client_that_leaves_is_no_error(served: Served, kind: str) -> None:
    before = len(served.logged)
    with served.asked(f"/{kind}?ends=never") as stream:
        assert stream.read(1)
    with served.asked("/text?ends=well") as stream:
        assert stream.read() == b"1\n2\n"
    assert "Exception" not in served.logged[before:]
    assert "ERROR" not in served.logged[before:]


def test_a_server_that_is_told_to_end_cuts_what_goes_on(tmp_path: Path) -> None:
    kinds = [kind for kind in KINDS if not kind.startswith("sync")]
    with serving(tmp_path, "httptools") as served, ExitStack() as stack:
        asked = {kind: served.asked(f"/{kind}?ends=never") for kind in kinds}
        streams = {kind: stack.enter_context(stream) for kind, stream in asked.items()}
        for stream in streams.values():
            assert stream.read(1)
        served.process.send_signal(signal.SIGTERM)
        for kind, stream in streams.items():
            with pytest.raises(IncompleteRead) as caught:
                stream.read()
            assert b"fluidkit.error" not in caught.value.partial, kind
        assert served.process.wait(timeout=10) in {0, -signal.SIGTERM}
