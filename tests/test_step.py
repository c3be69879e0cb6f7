"""Running outside tools side by side, and ending them."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fluidkit_cli.step import FailedStep, Interrupted, Step, interruptible, run_sides
from running import wait_for


class Shown:
    """What a progress display was told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def start(self, name: str) -> None:
        self.lines.append(f"start {name}")

    def finish(self, name: str) -> None:
        self.lines.append(f"finish {name}")

    def fail(self, name: str) -> None:
        self.lines.append(f"fail {name}")


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
def shell(tmp_path: Path) -> Callable[[str, str], Step]:
    """A step that runs a line of shell in the test's folder."""
    return lambda name, line: Step(name, ("sh", "-c", line), tmp_path, dict(os.environ))


Shell = Callable[[str, str], Step]


def test_the_steps_of_a_side_run_in_order(shell: Shell, shown: Shown, tmp_path: Path) -> None:
    side = (shell("one", "echo 1 >> log"), shell("two", "echo 2 >> log"))
    assert run_sides(side, progress=shown) == []
    assert (tmp_path / "log").read_text(encoding="utf-8") == "1\n2\n"
    assert shown.lines == ["start one", "finish one", "start two", "finish two"]


def test_sides_run_at_the_same_time(shell: Shell, shown: Shown) -> None:
    # each one waits for what the other one makes
    left = "mkfifo left 2>&-; touch here; until [ -e there ]; do sleep 0.01; done"
    right = "touch there; until [ -e here ]; do sleep 0.01; done"
    assert run_sides((shell("left", left),), (shell("right", right),), progress=shown) == []


def test_a_failed_step_keeps_its_output_and_skips_what_needs_it(shell: Shell, shown: Shown) -> None:
    bad, later = shell("bad", "echo out; echo err >&2; exit 3"), shell("later", "true")
    (failure,) = run_sides((bad, later), progress=shown)
    assert failure == FailedStep(bad, "out\nerr\n", (later,))
    assert shown.lines == ["start bad", "fail bad"]


def test_a_failed_side_does_not_end_the_other(shell: Shell, shown: Shown, tmp_path: Path) -> None:
    bad = shell("bad", "touch failing; exit 1")
    good = shell("good", "until [ -e failing ]; do sleep 0.01; done; sleep 0.1; touch done")
    failures = run_sides((bad,), (good,), progress=shown)
    assert [failure.step for failure in failures] == [bad]
    assert (tmp_path / "done").exists()


def test_a_tool_that_is_not_there_is_a_failed_step(tmp_path: Path, shown: Shown) -> None:
    step = Step("ghost", ("no-such-tool",), tmp_path, {})
    (failure,) = run_sides((step,), progress=shown)
    assert failure.output == "no-such-tool: No such file or directory"


def test_what_fails_is_tried_again_from_the_tools_cache(tmp_path: Path, shown: Shown) -> None:
    cached = ("sh", "-c", "touch cached")
    step = Step("fetch", ("false",), tmp_path, dict(os.environ), offline=cached)
    assert run_sides((step,), progress=shown) == []
    assert (tmp_path / "cached").exists()
    assert shown.lines == ["start fetch", "finish fetch"]


def test_what_fails_in_both_ways_tells_of_the_first(tmp_path: Path, shown: Shown) -> None:
    first, second = ("sh", "-c", "echo no network; exit 1"), ("sh", "-c", "echo no cache; exit 1")
    step = Step("fetch", first, tmp_path, dict(os.environ), offline=second)
    (failure,) = run_sides((step,), progress=shown)
    assert failure.output == "no network\n"


@pytest.mark.parametrize(
    ("output", "misses"),
    [
        ("npm error code ENOTFOUND", True),
        ("npm error code ECONNREFUSED", True),
        ("NewConnectionError('<pip._vendor…>: Failed to establish a new connection", True),
        ("  cause: dns error", True),
        ("npm error code ENOSPC", False),
        ("No matching distribution found for fastapi>=99", False),
    ],
)
def test_a_tool_that_reached_nobody_is_told_from_one_that_failed(
    shell: Shell, output: str, misses: bool
) -> None:
    assert FailedStep(shell("fetch", "false"), output, ()).misses_network is misses


def test_tools_get_no_terminal_and_no_input(shell: Shell, shown: Shown) -> None:
    ask = shell("ask", "read answer && exit 1; [ -t 1 ] && exit 1; exit 0")
    assert run_sides((ask,), progress=shown) == []


def test_the_last_lines_are_where_a_tool_says_what_is_wrong(shell: Shell, shown: Shown) -> None:
    (failure,) = run_sides((shell("long", "seq 100; exit 1"),), progress=shown)
    assert failure.last_lines(2) == "99\n100"


def test_a_step_can_be_pasted_into_a_shell(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    step = Step("write", ("sh", "-c", "echo 'it works' > here"), folder, {})
    subprocess.run(["sh", "-c", step.by_hand], check=True)
    assert (folder / "here").read_text(encoding="utf-8") == "it works\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_tools_and_their_children(tmp_path: Path, number: int) -> None:
    process = subprocess.Popen([sys.executable, "-c", TWO_LONG_SIDES], cwd=tmp_path)
    children = [tmp_path / "left", tmp_path / "right"]
    wait_for(lambda: all(child.exists() for child in children))
    process.send_signal(number)
    assert process.wait(timeout=15) == 128 + number
    wait_for(lambda: not any(is_alive(child) for child in children))


def test_a_signal_while_a_tool_starts_leaves_none_of_its_children(tmp_path: Path) -> None:
    at_once = TWO_LONG_SIDES.replace("; wait", "; kill -TERM $PPID; wait")
    process = subprocess.Popen([sys.executable, "-c", at_once], cwd=tmp_path)
    assert process.wait(timeout=15) == 143
    children = [child for child in (tmp_path / "left", tmp_path / "right") if child.exists()]
    assert children
    wait_for(lambda: not any(is_alive(child) for child in children))


def test_tools_and_their_children_end_when_we_are_killed(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", TWO_LONG_SIDES], cwd=tmp_path)
    children = [tmp_path / "left", tmp_path / "right"]
    wait_for(lambda: all(child.exists() for child in children))
    process.kill()
    process.wait(timeout=5)
    wait_for(lambda: not any(is_alive(child) for child in children))


def test_a_signal_between_two_runs_is_an_error_of_ours_too(shell: Shell, shown: Shown) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Interrupted) as caught, interruptible():
        run_sides((shell("one", "true"),), progress=shown)
        signal.raise_signal(signal.SIGTERM)
    assert caught.value.exit_code == 143
    assert signal.getsignal(signal.SIGTERM) is before


TWO_LONG_SIDES = """
import os, sys
from pathlib import Path
from fluidkit_cli.step import Interrupted, Step, run_sides

class Silent:
    def start(self, name): pass
    finish = fail = start

def side(name):
    line = f"sleep 1000 & echo $! > {name}.new; mv {name}.new {name}; wait"
    return (Step(name, ("sh", "-c", line), Path.cwd(), os.environ),)

try:
    run_sides(side("left"), side("right"), progress=Silent())
except Interrupted as interrupted:
    sys.exit(interrupted.exit_code)
"""


def is_alive(child: Path) -> bool:
    """Whether the process whose id is in the file runs, and is not a mere zombie."""
    try:
        status = Path(f"/proc/{child.read_text(encoding='utf-8').strip()}/status")
        return "\nState:\tZ" not in status.read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
