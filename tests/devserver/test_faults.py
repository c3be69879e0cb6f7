"""Faults that a run must survive, or after which it must leave nothing behind."""

import contextlib
import errno
import http.client
import json
import os
import pty
import re
import signal
import socket
import subprocess
import termios
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from devserver.running import MAIN, Dev, leftovers, make_workspace, running, until


def assert_nothing_left(state: dict[str, Any], seconds: float) -> None:
    """No process of the run within so many seconds; without them its ports are free."""
    until(lambda: not leftovers(state["run_id"]), seconds)


def test_an_interrupt_ends_all_with_130_and_one_line(dev: Dev) -> None:
    state, before = dev.state, dev.said
    dev.signal(signal.SIGINT)
    assert dev.wait(3) == 130
    assert_nothing_left(state, 0.1)
    assert dev.said.removeprefix(before).splitlines() == ["shutting down"]
    assert not (dev.root / ".fluidkit/dev.json").exists()


def test_a_termination_ends_fifty_open_streams(dev: Dev) -> None:
    state = dev.state
    streams = [dev.stream() for _ in range(50)]
    dev.signal(signal.SIGTERM)
    assert dev.wait(3) == 143
    assert_nothing_left(state, 0.1)
    for stream in streams:
        while stream.fp and stream.fp.read(65536):
            pass
        stream.close()


def test_a_hangup_ends_all_with_129(dev: Dev) -> None:
    state = dev.state
    dev.signal(signal.SIGHUP)
    assert dev.wait(3) == 129
    assert_nothing_left(state, 0.1)


def test_a_killed_supervisor_leaves_nothing(dev: Dev) -> None:
    state = dev.state
    dev.signal(signal.SIGKILL)
    dev.wait(1)
    assert_nothing_left(state, 2)


def test_a_killed_guard_is_replaced_and_the_new_one_guards(dev: Dev) -> None:
    state = dev.state
    os.kill(state["guard"]["pid"], signal.SIGKILL)
    until(lambda: dev.state["guard"]["pid"] not in (0, state["guard"]["pid"]))
    dev.signal(signal.SIGKILL)
    dev.wait(1)
    assert_nothing_left(state, 2)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is none of ours."""
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


def test_the_next_run_ends_what_supervisor_and_guard_left_and_nothing_else(
    dev: Dev, sleeper: subprocess.Popen[bytes]
) -> None:
    state = dev.state
    os.kill(state["pid"], signal.SIGSTOP)  # or it would have a new guard before it is killed
    for pid in (state["guard"]["pid"], state["pid"]):
        os.kill(pid, signal.SIGKILL)
    dev.wait(1)
    file = dev.root / ".fluidkit/dev.json"
    file.write_text(json.dumps({**state, "web": {**state["web"], "pid": sleeper.pid}}))
    assert state["web"]["pid"] in leftovers(state["run_id"])
    with running(dev.root) as again:
        until(lambda: again.state.get("run_id") != state["run_id"], 10)
        again.ready()
        assert leftovers(state["run_id"]) == []
        assert sleeper.poll() is None


def test_a_failing_supervisor_ends_all_and_keeps_the_trace(workspace: Path) -> None:
    with running(workspace, FLUIDKIT_FAULT="supervisor") as dev:
        state = dev.ready().state
        dev.edit('"v1"', '"v2"')
        assert dev.wait(4) == 1
        assert_nothing_left(state, 0.1)
        assert "Traceback" not in dev.said
        assert dev.said.count("error: ") == 1
        log = (workspace / ".fluidkit/dev.log").read_text(encoding="utf-8")
        assert "RuntimeError: FLUIDKIT_FAULT is set" in log


def test_a_killed_worker_comes_back(dev: Dev) -> None:
    os.kill(dev.state["api"]["pid"], signal.SIGKILL)
    assert until(lambda: dev.get("/api/version") == (200, "v1")) < 2
    assert "The API ended by SIGKILL" in dev.said


def test_a_worker_that_exits_cleanly_comes_back_too(dev: Dev) -> None:
    connection = dev.connect()
    connection.request("GET", "/api/exit")
    until(lambda: "The API ended with exit code 0" in dev.said)
    assert dev.get("/api/version") == (200, "v1")


def test_a_killed_web_server_comes_back_on_its_port(dev: Dev) -> None:
    before = dev.state["web"]
    os.kill(before["pid"], signal.SIGKILL)
    until(lambda: dev.state["web"]["pid"] not in (0, before["pid"]))
    until(lambda: dev.state["state"] == "ready")
    assert dev.state["web"]["port"] == before["port"]
    assert "Vite ended by SIGKILL" in dev.said


def test_a_killed_fork_server_comes_back_while_its_worker_serves_on(dev: Dev) -> None:
    worker = dev.state["api"]["pid"]
    status = Path(f"/proc/{worker}/stat").read_text(encoding="utf-8")
    os.kill(int(status.rpartition(")")[2].split()[1]), signal.SIGKILL)
    until(lambda: "The fork server ended by SIGKILL" in dev.said)
    assert dev.get("/api/version") == (200, "v1")
    dev.edit('"v1"', '"v2"')
    until(lambda: dev.get("/api/version") == (200, "v2"))
    until(lambda: not Path(f"/proc/{worker}").exists())


def test_a_stopped_worker_is_reported_and_goes_on(dev: Dev) -> None:
    worker = dev.state["api"]["pid"]
    os.kill(worker, signal.SIGSTOP)
    assert until(lambda: "The API does not answer" in dev.said, 8) < 6
    os.kill(worker, signal.SIGCONT)
    until(lambda: "The API answers again" in dev.said)
    os.kill(worker, signal.SIGSTOP)
    dev.signal(signal.SIGINT)
    assert dev.wait(3) == 130


def test_a_second_run_in_the_workspace_exits_4_naming_the_first(dev: Dev) -> None:
    second = Dev(dev.root)
    second.output = dev.root / "second.log"
    start = time.monotonic()
    assert second.start().wait(5) == 4
    assert time.monotonic() - start < 2
    assert f"process {dev.state['pid']}" in second.said
    assert dev.get("/api/version") == (200, "v1")


def test_a_pinned_port_that_is_taken_is_exit_3_naming_the_holder(workspace: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with (workspace / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write(f"port = {port}\n")
        with running(workspace) as dev:
            assert dev.wait(5) == 3
            assert f"Port {port} is taken by process {os.getpid()} (" in dev.said
            assert len(dev.said.splitlines()) == 2
            assert dev.state == {}


def test_a_state_folder_that_cannot_be_written_is_two_lines(workspace: Path) -> None:
    (workspace / ".fluidkit/.gitignore").mkdir(parents=True)
    with running(workspace) as dev:
        assert dev.wait(5) == 1
        what, how = dev.said.splitlines()
    assert what.startswith("error: Cannot write to ") and ".fluidkit" in what
    assert how.startswith("hint: ")


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
            assert f"http://127.0.0.1:{port}" in dev.said
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
            assert dev.wait(10) == 3
        assert dev.said.count(f"error: Port {port} is taken by process {os.getpid()} (") == 1


def test_a_shutdown_that_hangs_is_killed_after_five_seconds(tmp_path: Path) -> None:
    hanging = (
        "from contextlib import asynccontextmanager\n@asynccontextmanager\n"
        "async def lifespan(app):\n    yield\n    await asyncio.sleep(999)\n"
        "app = FastAPI(lifespan=lifespan)\n"
    )
    root = make_workspace(tmp_path / "tiny", MAIN.replace("app = FastAPI()\n", hanging))
    with running(root) as dev:
        state = dev.ready().state
        dev.signal(signal.SIGINT)
        assert dev.wait(6.5) == 130
        assert_nothing_left(state, 0.1)


def test_a_second_interrupt_ends_what_ignores_the_first(workspace: Path) -> None:
    with running(workspace, FLUIDKIT_TEST_STUBBORN="1") as dev:
        state = dev.ready().state
        dev.signal(signal.SIGINT)
        until(lambda: not Path(f"/proc/{state['api']['pid']}").exists())
        dev.signal(signal.SIGINT)
        assert dev.wait(1) == 130
        assert_nothing_left(state, 0.1)


def test_however_many_interrupts_come_the_exit_code_stays(dev: Dev) -> None:
    assert dev.process
    dev.signal(signal.SIGINT)
    while dev.process.poll() is None:
        dev.signal(signal.SIGINT)
        time.sleep(0.001)
    assert dev.wait(1) == 130
    assert "Traceback" not in dev.said


def test_without_a_terminal_there_are_no_colours(dev: Dev) -> None:
    dev.edit('"v1"', '"v2"')
    until(lambda: "reloaded" in dev.said)
    assert "\x1b" not in dev.said


def test_plain_output_has_no_colours_on_a_terminal_either(workspace: Path) -> None:
    for plain, coloured in (("1", False), ("", True)):
        parent, child = pty.openpty()
        dev = Dev(workspace, environment={"FLUIDKIT_TEST_PLAIN": plain, "TERM": "xterm"})
        dev.run([], stdout=child, stderr=child)
        dev.ready().get("/api/version")
        dev.end()
        os.close(child)
        assert ("\x1b" in _read_all(parent)) is coloured


def test_a_closed_output_is_no_reason_to_complain(workspace: Path) -> None:
    dev = Dev(workspace)
    reading, writing = os.pipe()
    errors = workspace / "errors.log"
    with errors.open("wb") as file:
        dev.run([], stdout=writing, stderr=file.fileno())
    os.close(writing)
    os.close(reading)
    dev.ready()
    dev.edit('"v1"', '"v2"')
    until(lambda: dev.get("/api/version") == (200, "v2"))
    dev.signal(signal.SIGINT)
    assert dev.wait(3) == 130
    dev.end()
    assert errors.read_bytes() == b""


def test_a_reader_who_does_not_read_stops_nobody(workspace: Path) -> None:
    dev = Dev(workspace)
    reading, writing = os.pipe()
    dev.run([], stdout=writing, stderr=writing)
    os.close(writing)
    dev.ready()
    for _ in range(10):  # 20 MB, which is more than any pipe holds
        assert dev.get("/api/flood") == (200, None)
    status = Path(f"/proc/{dev.state['pid']}/status").read_text(encoding="utf-8")
    kilobytes = int(status.partition("VmRSS:")[2].split()[0])
    assert kilobytes < 150_000
    state = dev.state
    dev.signal(signal.SIGINT)
    assert dev.wait(3) == 130
    assert_nothing_left(state, 0.1)
    os.close(reading)
    dev.end()


def test_control_c_in_a_terminal_ends_all_and_leaves_the_terminal_as_it_was(
    workspace: Path,
) -> None:
    dev = Dev(workspace)
    parent, child = pty.openpty()
    before = termios.tcgetattr(child)
    dev.run(["setsid", "--ctty"], stdin=child, stdout=child, stderr=child)
    dev.ready()
    state = dev.state
    os.write(parent, b"\x03")
    assert dev.wait(3) == 130
    assert_nothing_left(state, 0.1)
    assert termios.tcgetattr(child) == before
    os.close(child)
    said = _read_all(parent)
    assert said.count("shutting down") == 1
    assert "Traceback" not in said
    dev.end()


def _read_all(terminal: int) -> str:
    parts = []
    try:
        while part := os.read(terminal, 65536):
            parts.append(part)
    except OSError as error:  # how a terminal's end shows on Linux
        assert error.errno == errno.EIO
    os.close(terminal)
    return b"".join(parts).decode()


def test_children_inherit_nothing_but_what_is_theirs(dev: Dev) -> None:
    dev.edit('"v1"', '"v2"')
    until(lambda: dev.get("/api/version") == (200, "v2"))
    for server in ("api", "web"):
        files = open_files(dev.state[server]["pid"])
        assert not [file for file in files if ".fluidkit" in file]
        assert not [file for file in files if "inotify" in file]
    assert len(sockets_of(dev.state["web"]["pid"]) & sockets_of(dev.state["pid"])) == 0
    assert len(sockets_of(dev.state["api"]["pid"]) & sockets_of(dev.state["pid"])) == 1


def sockets_of(pid: int) -> set[str]:
    """The sockets that a process has open. Ends of one pair are different ones."""
    return {file for file in open_files(pid) if file.startswith("socket:")}


def open_files(pid: int) -> list[str]:
    """What its descriptors stand for, but for those that are closed just now."""
    found = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found.append(str(entry.readlink()))
    return found


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


def test_a_client_that_leaves_closes_its_generator(dev: Dev) -> None:
    stream = dev.stream()
    assert "generator closed" not in dev.said
    stream.close()
    dev.close_connections()
    assert until(lambda: "generator closed" in dev.said) < 1
