"""A machine that gives less than usual, and folders that go away."""

import os
import shutil
import signal
from pathlib import Path

import pytest

from devserver.running import MAIN, Dev, assert_nothing_left, make_workspace, running, until


def test_a_state_folder_that_cannot_be_written_is_two_lines(workspace: Path) -> None:
    (workspace / ".fluidkit/.gitignore").mkdir(parents=True)
    with running(workspace) as dev:
        assert dev.wait(20) == 1
        what, how = dev.said.splitlines()
    assert what.startswith("error: Cannot write to ") and ".fluidkit" in what
    assert how.startswith("hint: ")


@pytest.mark.fault(37)
def test_a_run_is_content_with_few_open_files_and_says_when_there_are_too_few(
    workspace: Path,
) -> None:
    dev = limited(workspace, "--nofile=64:64")
    dev.ready()
    dev.edit('"v1"', '"v2"')
    until(lambda: dev.get("/api/version") == (200, "v2"))
    dev.end()
    dev = limited(workspace, "--nofile=20:20")
    assert dev.wait(20) == 3
    what, how = dev.said.splitlines()
    assert what == "error: Only 20 files may be open at once, which is too few for two servers"
    assert how.startswith("hint: ")


def limited(workspace: Path, limit: str) -> Dev:
    """A run with a limit as prlimit takes it."""
    dev = Dev(workspace)
    with dev.output.open("wb") as output:
        dev.run(["prlimit", limit], stdout=output.fileno(), stderr=output.fileno())
    return dev


def test_a_disk_that_takes_nothing_more_is_said_once_and_the_api_serves_on(
    workspace: Path,
) -> None:
    dev = Dev(workspace)
    reading, writing = os.pipe()
    dev.run(["prlimit", "--fsize=64"], stdout=writing, stderr=writing)
    os.close(writing)
    said = ""
    while "ready in" not in said:
        part = os.read(reading, 65536)
        assert part, said
        said += part.decode()
    assert said.count(f"Cannot write to {workspace}/.fluidkit/dev.json: File too large") == 1
    assert said.count("The clients could not be written") == 1
    dev.signal(signal.SIGINT)
    assert dev.wait(20) == 130
    os.close(reading)


@pytest.mark.parametrize("act", ["delete", "rename"])
def test_a_workspace_that_goes_away_ends_the_run_and_is_not_made_anew(
    workspace: Path, tmp_path: Path, act: str
) -> None:
    with running(workspace) as dev:
        state = dev.ready().state
        output = dev.output = dev.output.replace(tmp_path / "output.log")
        if act == "delete":
            shutil.rmtree(workspace)
        else:
            workspace.rename(tmp_path / "elsewhere")
        assert dev.wait(20) == 1
        assert f"error: {workspace} is gone" in output.read_text(encoding="utf-8")
        assert_nothing_left(state, 0.5)
        assert not workspace.exists()


def test_a_front_end_that_goes_away_is_started_when_it_is_back(dev: Dev) -> None:
    frontend = dev.root / "frontend"
    frontend.rename(dev.root / "away")
    os.kill(dev.state["web"]["pid"], signal.SIGKILL)
    until(lambda: "Vite cannot be started (No such file or directory" in dev.said, 20)
    assert dev.get("/api/version") == (200, "v1")
    (dev.root / "away").rename(frontend)
    until(lambda: dev.state["state"] == "ready" and dev.state["web"]["pid"], 20)


def test_clients_that_cannot_be_written_are_said_and_the_api_serves_on(dev: Dev) -> None:
    output = dev.root / "frontend/src/lib/api"
    shutil.rmtree(output)
    output.write_text("in the way", encoding="utf-8")
    dev.edit("class Item", "class Thing(BaseModel): ...\n\n\nclass Item")
    until(lambda: "The clients could not be written" in dev.said, 20)
    assert dev.get("/api/version") == (200, "v1")
    output.unlink()
    dev.edit("class Thing", "class Other")
    until((output / "main.api.ts").exists, 20)


def test_odd_paths_and_an_empty_environment_are_no_matter(tmp_path: Path) -> None:
    shared, root = tmp_path / "shared", tmp_path / "my shöp 中 'q\" $x"
    make_workspace(root, MAIN + '\nprint("grüße ✓")\n')
    shutil.move(root / "backend", shared)
    (root / "backend").symlink_to(shared)
    dev = Dev(root, environment={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    for name in ("HOME", "TMPDIR", "USER", "LANG", "PATH"):
        dev.environment.pop(name, None)
    try:
        dev.start().ready()
        until(lambda: "gr" in dev.said)
        dev.main = shared / "main.py"
        dev.edit('"v1"', '"v2"')
        until(lambda: dev.get("/api/version") == (200, "v2"))
    finally:
        dev.end()
