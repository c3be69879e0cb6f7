"""Others who were here first: another run, holders of ports."""

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from devserver.running import (
    Dev,
    running,
    until,
)


@pytest.mark.fault(26)
def test_a_second_run_in_the_workspace_exits_4_naming_the_first(dev: Dev) -> None:
    second = Dev(dev.root)
    second.output = dev.root / "second.log"
    assert second.start().wait(20) == 4
    assert f"process {dev.state['pid']}" in second.said
    assert dev.get("/api/version") == (200, "v1")


@pytest.mark.fault(22)
def test_a_pinned_port_that_is_taken_is_exit_3_naming_the_holder(workspace: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with (workspace / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write(f"port = {port}\n")
        with running(workspace) as dev:
            assert dev.wait(20) == 3
            assert f"Port {port} is taken by process {os.getpid()} (" in dev.said
            assert len(dev.said.splitlines()) == 2
            assert dev.state == {}


@contextlib.contextmanager
def stranger(port: int) -> Iterator[None]:
    """A web server of somebody else's."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.set()
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    asked = threading.Event()
    with ThreadingHTTPServer(("127.0.0.1", port), Answer) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            assert asked.wait(5)
            yield
        finally:
            server.shutdown()


def test_a_stranger_on_the_port_is_not_taken_for_the_web_server_which_moves(
    workspace: Path,
) -> None:
    gate = workspace / "gate"
    with running(workspace, FLUIDKIT_TEST_GATE=str(gate)) as dev:
        until(lambda: dev.state.get("web", {}).get("pid"), 10)
        until(lambda: dev.state["api"]["pid"] and dev.get("/api/version") == (200, "v1"), 10)
        taken = dev.state["web"]["port"]
        with stranger(taken):
            assert dev.state["state"] == "starting"
            gate.touch()
            dev.ready()
            port = dev.state["web"]["port"]
            assert port != taken
            assert dev.state["url"] == f"http://127.0.0.1:{port}"
            until(lambda: f"http://127.0.0.1:{port}" in dev.said)
            assert f"http://127.0.0.1:{taken}" not in dev.said
            assert f"Port {taken} was taken meanwhile" in dev.said


def test_a_pinned_port_that_is_taken_meanwhile_is_exit_3_and_said_once(workspace: Path) -> None:
    gate = workspace / "gate"
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with (workspace / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(f"port = {port}\n")
    with running(workspace, FLUIDKIT_TEST_GATE=str(gate)) as dev:
        until(lambda: dev.state.get("web", {}).get("pid"), 10)
        with stranger(port):
            gate.touch()
            assert dev.wait(20) == 3
        assert dev.said.count(f"error: Port {port} is taken by process {os.getpid()} (") == 1
