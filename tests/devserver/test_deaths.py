"""What one of our processes leaves to the others when it is killed or stopped."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devserver.running import (
    Dev,
    assert_nothing_left,
    leftovers,
    running,
    until,
)


def test_a_killed_guard_is_replaced_and_the_new_one_guards(dev: Dev) -> None:
    state = dev.state
    os.kill(state["guard"]["pid"], signal.SIGKILL)
    until(lambda: dev.state["guard"]["pid"] not in (0, state["guard"]["pid"]))
    dev.signal(signal.SIGKILL)
    dev.wait(20)
    assert_nothing_left(state)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is none of ours."""
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


@pytest.mark.fault(8)
def test_the_next_run_ends_what_supervisor_and_guard_left_and_nothing_else(
    dev: Dev, sleeper: subprocess.Popen[bytes]
) -> None:
    state = dev.state
    os.kill(state["pid"], signal.SIGSTOP)  # or it would have a new guard before it is killed
    for pid in (state["guard"]["pid"], state["pid"]):
        os.kill(pid, signal.SIGKILL)
    dev.wait(20)
    file = dev.root / ".fluidkit/dev.json"
    file.write_text(json.dumps({**state, "web": {**state["web"], "pid": sleeper.pid}}))
    assert state["web"]["pid"] in leftovers(state["run_id"])
    with running(dev.root) as again:
        until(lambda: again.state.get("run_id") != state["run_id"], 10)
        again.ready()
        assert leftovers(state["run_id"]) == []
        assert sleeper.poll() is None


def test_a_killed_worker_comes_back(dev: Dev) -> None:
    os.kill(dev.state["api"]["pid"], signal.SIGKILL)
    until(lambda: dev.get("/api/version") == (200, "v1"))
    assert "The API ended by SIGKILL" in dev.said


@pytest.mark.fault(16)
def test_a_worker_that_exits_cleanly_comes_back_too(dev: Dev) -> None:
    connection = dev.connect()
    connection.request("GET", "/api/exit")
    until(lambda: "The API ended with exit code 0" in dev.said)
    assert dev.get("/api/version") == (200, "v1")


@pytest.mark.fault(13)
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


@pytest.mark.fault(14)
def test_a_stopped_worker_is_reported_and_goes_on(dev: Dev) -> None:
    worker = dev.state["api"]["pid"]
    os.kill(worker, signal.SIGSTOP)
    until(lambda: "The API does not answer" in dev.said)
    os.kill(worker, signal.SIGCONT)
    until(lambda: "The API answers again" in dev.said)
    os.kill(worker, signal.SIGSTOP)
    dev.signal(signal.SIGINT)
    assert dev.wait(20) == 130


@pytest.mark.fault(41)
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


def test_two_processes_that_are_killed_together_come_back(dev: Dev) -> None:
    for names in (("api", "web"), ("web", "guard"), ("guard", "api"), ("api", "fork server")):
        before = pids_of(dev)
        for name in names:
            os.kill(before[name], signal.SIGKILL)

        def is_back(names: tuple[str, ...] = names, before: dict[str, int] = before) -> bool:
            now = pids_of(dev)
            return dev.state["state"] == "ready" and all(
                now[n] not in (0, before[n]) for n in names
            )

        until(is_back, 20)
        assert dev.get("/api/version") == (200, "v1")


def pids_of(dev: Dev) -> dict[str, int]:
    """0 for what there is none of."""
    state = dev.state
    pids = {name: int(state[name]["pid"]) for name in ("api", "web", "guard")}
    return {**pids, "fork server": parent_of(pids["api"])}


def parent_of(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return 0
    return int(status.rpartition(")")[2].split()[1])


def test_stopped_processes_are_reported_and_keep_nobody_from_ending(dev: Dev) -> None:
    state, pids = dev.state, pids_of(dev)
    for name in ("web", "guard"):
        os.kill(pids[name], signal.SIGSTOP)
    until(lambda: "Vite is stopped" in dev.said and "The guard is stopped" in dev.said, 20)
    os.kill(pids["web"], signal.SIGCONT)
    until(lambda: "Vite goes on" in dev.said, 20)
    for pid in pids.values():
        os.kill(pid, signal.SIGSTOP)
    dev.signal(signal.SIGINT)
    assert dev.wait(20) == 130
    assert_nothing_left(state, 0.5)


@pytest.mark.fault(34)
def test_a_run_that_is_killed_while_it_generates_leaves_whole_files(workspace: Path) -> None:
    output = workspace / "frontend/src/lib/api"
    before: dict[Path, bytes] = {}
    left: dict[Path, bytes] = {}
    for seconds in (0.02, 0.05, 0.09, 0):
        with running(workspace) as dev:
            dev.ready()
            now = contents(output)
            assert all(text in (before.get(file), now.get(file)) for file, text in left.items())
            assert {file.suffix for file in now} == {".ts"}
            dev.edit("class Item(", f"{ROUTE.format(seconds)}class Item(")
            time.sleep(seconds)  # a moment of the reload, no matter which
            dev.signal(signal.SIGKILL)
            dev.wait(20)
        before, left = now, contents(output)


ROUTE = """@app.get("/api/after/{}")
async def after() -> str: ...


"""


def contents(folder: Path) -> dict[Path, bytes]:
    """All files that are there."""
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
