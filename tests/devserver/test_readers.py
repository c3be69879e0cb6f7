"""Who reads what we write: nobody, somebody who does not, a terminal."""

import os
import pty
import signal
from pathlib import Path

import pytest

from devserver.running import (
    Dev,
    assert_nothing_left,
    read_all,
    until,
)


@pytest.mark.fault(31)
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
        assert ("\x1b" in read_all(parent)) is coloured


@pytest.mark.fault(29)
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
    assert dev.wait(20) == 130
    dev.end()
    assert errors.read_bytes() == b""


@pytest.mark.fault(29)
def test_it_runs_without_any_standard_descriptor(workspace: Path) -> None:
    dev = Dev(workspace)
    with dev.output.open("wb") as output:
        closing = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"]
        dev.run(closing, stdout=output.fileno(), stderr=output.fileno())
    dev.ready()
    assert dev.get("/api/version") == (200, "v1")
    dev.signal(signal.SIGINT)
    assert dev.wait(20) == 130
    dev.end()


@pytest.mark.fault(28)
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
    assert dev.wait(20) == 130
    assert_nothing_left(state, 0.5)
    os.close(reading)
    dev.end()
