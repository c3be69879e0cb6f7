"""How a run ends, however it is told to, and that nothing of it is left."""

import contextlib
import os
import pty
import signal
import termios
import time
from pathlib import Path

import pytest

from devserver.running import (
    MAIN,
    Dev,
    assert_nothing_left,
    make_workspace,
    read_all,
    running,
    until,
)


@pytest.mark.fault(1)
def test_an_interrupt_ends_all_with_130_and_one_line(dev: Dev) -> None:
    state = dev.state
    until(lambda: state["url"] in dev.said)
    before = dev.said
    dev.signal(signal.SIGINT)
    assert dev.wait(20) == 130
    assert_nothing_left(state, 0.5)
    assert dev.said.removeprefix(before).split() == ["shutting", "down"]
    assert not (dev.root / ".fluidkit/dev.json").exists()


@pytest.mark.fault(2)
def test_a_termination_ends_fifty_open_streams(dev: Dev) -> None:
    state = dev.state
    streams = [dev.stream() for _ in range(50)]
    dev.signal(signal.SIGTERM)
    assert dev.wait(20) == 143
    assert_nothing_left(state, 0.5)
    for stream in streams:
        while stream.fp and stream.fp.read(65536):
            pass
        stream.close()


def test_a_hangup_ends_all_with_129(dev: Dev) -> None:
    state = dev.state
    dev.signal(signal.SIGHUP)
    assert dev.wait(20) == 129
    assert_nothing_left(state, 0.5)


@pytest.mark.fault(7, 46)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGQUIT])
def test_a_killed_supervisor_leaves_nothing(dev: Dev, number: int) -> None:
    state = dev.state
    dev.signal(number)
    dev.wait(20)
    assert_nothing_left(state)


@pytest.mark.fault(10)
def test_a_failing_supervisor_ends_all_and_keeps_the_trace(workspace: Path) -> None:
    with running(workspace, FLUIDKIT_FAULT="supervisor") as dev:
        state = dev.ready().state
        dev.edit('"v1"', '"v2"')
        assert dev.wait(20) == 1
        assert_nothing_left(state, 0.5)
        assert "Traceback" not in dev.said
        assert dev.said.count("error: ") == 1
        log = (workspace / ".fluidkit/dev.log").read_text(encoding="utf-8")
        assert "RuntimeError: FLUIDKIT_FAULT is set" in log


@pytest.mark.fault(20)
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
        assert dev.wait(20) == 130
        assert_nothing_left(state, 0.5)


@pytest.mark.fault(5)
def test_a_second_interrupt_ends_what_ignores_the_first(workspace: Path) -> None:
    with running(workspace, FLUIDKIT_TEST_STUBBORN="1") as dev:
        state = dev.ready().state
        dev.signal(signal.SIGINT)
        until(lambda: not Path(f"/proc/{state['api']['pid']}").exists())
        dev.signal(signal.SIGINT)
        assert dev.wait(20) == 130
        assert_nothing_left(state, 0.5)


IGNORING = """
import subprocess
subprocess.Popen(["sh", "-c", "trap '' INT TERM; sleep 600"], start_new_session=True)
"""


@pytest.mark.fault(5)
def test_what_ignores_all_in_a_session_of_its_own_ends_with_a_second_interrupt(
    tmp_path: Path,
) -> None:
    with running(make_workspace(tmp_path / "tiny", MAIN + IGNORING)) as dev:
        state = dev.ready().state
        dev.signal(signal.SIGINT)
        until(lambda: not Path(f"/proc/{state['api']['pid']}").exists())
        dev.signal(signal.SIGINT)
        assert dev.wait(1) == 130
        assert_nothing_left(state, 0.5)


def test_however_many_interrupts_come_the_exit_code_stays(dev: Dev) -> None:
    assert dev.process
    dev.signal(signal.SIGINT)
    while dev.process.poll() is None:
        dev.signal(signal.SIGINT)
        time.sleep(0.001)
    assert dev.wait(20) == 130
    assert "Traceback" not in dev.said


@pytest.mark.fault(4)
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
    assert dev.wait(20) == 130
    assert_nothing_left(state, 0.5)
    assert termios.tcgetattr(child) == before
    os.close(child)
    said = read_all(parent)
    assert said.count("shutting down") == 1
    assert "Traceback" not in said
    dev.end()


@pytest.mark.fault(43)
def test_a_client_that_leaves_closes_its_generator(dev: Dev) -> None:
    stream = dev.stream()
    assert "generator closed" not in dev.said
    stream.close()
    dev.close_connections()
    until(lambda: "generator closed" in dev.said)


@pytest.mark.fault(25)
def test_one_run_after_the_other_comes_up_and_goes(workspace: Path) -> None:
    for _ in range(3):
        with running(workspace) as dev:
            state = dev.ready().state
            dev.signal(signal.SIGINT)
            assert dev.wait(20) == 130
            assert_nothing_left(state, 0.5)


@pytest.mark.fault(32)
@pytest.mark.parametrize("end", ["interrupt", "terminate", "crash", "kill"])
def test_the_terminal_is_as_before_however_a_run_ends(workspace: Path, end: str) -> None:
    crash = {"FLUIDKIT_FAULT": "supervisor"} if end == "crash" else {}
    dev = Dev(workspace, environment={"TERM": "xterm", **crash})
    parent, child = pty.openpty()
    before = termios.tcgetattr(child)
    dev.run(["setsid", "--ctty"], stdin=child, stdout=child, stderr=child)
    dev.ready()
    until(lambda: termios.tcgetattr(child) != before)
    match end:
        case "interrupt":
            os.write(parent, b"\x03")
        case "terminate":
            dev.signal(signal.SIGTERM)
        case "crash":
            dev.edit('"v1"', '"v2"')
        case "kill":
            dev.signal(signal.SIGKILL)
    dev.wait(20)
    until(lambda: termios.tcgetattr(child) == before)
    os.close(child)
    read_all(parent)
    dev.end()


GRANDCHILDREN = """
import subprocess
subprocess.Popen(["sleep", "600"], start_new_session=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_what_the_app_sent_into_the_background_ends_too(tmp_path: Path, number: int) -> None:
    with running(make_workspace(tmp_path / "tiny", MAIN + GRANDCHILDREN)) as dev:
        state = dev.ready().state
        dev.signal(number)
        dev.wait(20)
        assert_nothing_left(state)


ORPHANS = """

@app.get("/api/orphans")
def orphans() -> int:
    import subprocess
    return subprocess.call(["sh", "-c", "for i in $(seq 100); do (true &) ; done"])
"""


@pytest.mark.fault(40)
def test_as_process_1_it_leaves_no_zombie(tmp_path: Path) -> None:
    root = make_workspace(tmp_path / "tiny", MAIN + ORPHANS)
    with running(root, FLUIDKIT_TEST_SUBREAPER="1") as dev:
        state = dev.ready().state
        assert dev.get("/api/orphans") == (200, 0)
        until(lambda: "Z" not in states_of_children(state["pid"]))
        dev.signal(signal.SIGTERM)
        assert dev.wait(20) == 143
        assert_nothing_left(state, 0.5)


def states_of_children(pid: int) -> str:
    """A letter for each, see proc(5)."""
    letters = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = file.read_text(errors="replace").rpartition(")")[2].split()[:2]
            letters.append(state if parent == str(pid) else "")
    return "".join(letters)
