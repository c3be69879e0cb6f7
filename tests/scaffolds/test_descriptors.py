"""A worker that may open no more files goes on with what it has, says so, and recovers."""

import resource
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from held.leaving import opened
from held.serving import worker
from running import answer, wait_for
from scaffolds.backends import backend_module

LIMIT = 70


def test_too_many_connections_are_refused_with_a_word(tmp_path: Path) -> None:
    with worker(tmp_path / "app", rate=20) as served, ExitStack() as stack:
        resource.prlimit(served.process.pid, resource.RLIMIT_NOFILE, (LIMIT, LIMIT))
        held = [opened(served.port, "ticks") for _ in range(20)]
        assert "files that this process may have open" not in served.logged
        before = served.seconds
        for _ in range(LIMIT):
            address = ("127.0.0.1", served.port)
            client = stack.enter_context(socket.create_connection(address, timeout=20))
        assert client.recv(1) == b"", "more than it may have"
        assert served.logged.count(f"of the {LIMIT} files that this process may have open") == 1
        for stream in held:
            assert stream.recv(1)
        assert served.seconds - before < 5
        stack.close()
        assert wait_for(lambda: answer(f"http://127.0.0.1:{served.port}/api/left"))
        for stream in held:
            stream.close()


@pytest.mark.parametrize(("limit", "warnings"), [(resource.RLIM_INFINITY, 0), (1000, 1)])
def test_where_there_is_no_limit_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, limit: int, warnings: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, limit))
    backend_module("serving.descriptors").watch(999)
    assert len(caplog.records) == warnings
