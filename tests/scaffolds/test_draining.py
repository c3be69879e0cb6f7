"""`backend/serving/draining.py` of every workspace: a process that ends breaks off what it can."""

import contextlib
import http.client
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from running import answer, wait_for
from scaffolds.launching import Launched, is_alive, launched

STREAMS = 20
LAUNCHER = ("backend.serving",)
PLAIN = ("uvicorn", "backend.main:app")


@contextmanager
def open_stream(
    run: Launched, method: str = "GET", path: str = "/api/ticks"
) -> Iterator[http.client.HTTPResponse]:
    with closing(http.client.HTTPConnection("127.0.0.1", run.port, timeout=20)) as connection:
        connection.request(method, path)
        yield connection.getresponse()


def is_broken_off(stream: http.client.HTTPResponse) -> bool:
    """Whether the connection was closed without the end of its body."""
    try:
        stream.read()
    except (http.client.IncompleteRead, ConnectionError):
        return True
    return False


def still_open(run: Launched) -> int:
    """The generators whose `finally` has not run."""
    folder = run.folder / "open"
    return len(list(folder.iterdir())) if folder.is_dir() else 0


@pytest.mark.parametrize("program", [LAUNCHER, PLAIN], ids=["launcher", "uvicorn"])
def test_streams_are_broken_off_and_others_end(tmp_path: Path, program: tuple[str, ...]) -> None:
    with launched(tmp_path, program=program, SHUTDOWN_TIMEOUT="60") as run, ExitStack() as stack:
        streams = [stack.enter_context(open_stream(run)) for _ in range(STREAMS)]
        others = [
            stack.enter_context(open_stream(run, "POST", "/api/ticks?seconds=1")),
            stack.enter_context(open_stream(run, "GET", "/api/ticks?seconds=1&kind=text/plain")),
        ]
        wait_for(lambda: still_open(run) == STREAMS + 2)
        began = time.monotonic()
        run.process.send_signal(signal.SIGTERM)
        assert all(map(is_broken_off, streams))
        assert time.monotonic() - began < 20
        assert all(other.read().endswith(b"data: 1\n\n") for other in others)
        run.process.wait(timeout=20)
        assert still_open(run) == 0
    assert "ERROR" not in run.errors
    assert "Traceback" not in run.errors


def test_while_it_drains_it_is_not_ready_but_answers(tmp_path: Path) -> None:
    with launched(tmp_path) as run, open_stream(run, "POST", "/api/ticks?seconds=1"):
        assert answer(f"{run.url}/readyz") == (200, '{"status": "ok"}')
        with closing(http.client.HTTPConnection("127.0.0.1", run.port, timeout=20)) as kept:
            kept.connect()
            run.process.send_signal(signal.SIGTERM)
            wait_for(lambda: answer(f"{run.url}/readyz") == (503, '{"status": "draining"}'))
            assert answer(f"{run.url}/healthz") == (200, '{"status": "ok"}')
            kept.request("GET", "/api/pid")
            last = kept.getresponse()
            assert (last.status, last.getheader("connection")) == (200, "close")


def test_what_does_not_end_in_time_is_broken_off(tmp_path: Path) -> None:
    with launched(tmp_path, SHUTDOWN_TIMEOUT="0.5") as run, ExitStack() as stack:
        slow = [
            stack.enter_context(open_connection(run, path))
            for path in ("/api/slow?seconds=60", "/api/blocked?seconds=60")
        ]
        wait_for(lambda: still_open(run) == 2)
        began = time.monotonic()
        run.end()
        assert time.monotonic() - began < 20
        for connection in slow:
            with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
                connection.getresponse()
    assert "Exception in ASGI application" not in run.errors


@contextmanager
def open_connection(run: Launched, path: str) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection("127.0.0.1", run.port, timeout=20)) as connection:
        connection.request("GET", path)
        yield connection


def test_a_worker_whose_parent_was_killed_ends(tmp_path: Path) -> None:
    with launched(tmp_path, "--workers", "2") as run:
        wait_for(lambda: len(run.workers()) == 2)
        workers = run.workers()
        with open_stream(run) as stream:
            run.process.kill()
            assert is_broken_off(stream)
        wait_for(lambda: not any(map(is_alive, workers)), seconds=20)
        assert still_open(run) == 0


def test_a_proxy_has_as_long_as_it_needs_to_see_it(tmp_path: Path) -> None:
    with launched(tmp_path, SHUTDOWN_DELAY="1.5") as run:
        began = time.monotonic()
        run.process.send_signal(signal.SIGTERM)
        while found := answer(f"{run.url}/api/pid"):
            assert found[0] == 200
        assert time.monotonic() - began >= 1.4


def test_connections_that_were_accepted_last_are_answered(tmp_path: Path) -> None:
    with launched(tmp_path, SETTLING="5") as run, ExitStack() as stack:
        run.process.send_signal(signal.SIGTERM)
        connected: list[http.client.HTTPConnection] = []
        with contextlib.suppress(ConnectionRefusedError):
            while True:
                connection = http.client.HTTPConnection("127.0.0.1", run.port, timeout=20)
                connection.connect()
                connected.append(stack.enter_context(closing(connection)))
                time.sleep(0.01)
        first, *_ = connected  # which nobody doubts was accepted
        first.request("GET", "/api/pid")
        assert first.getresponse().status == 200
