"""A `fluidkit new` that fails or is ended, and the same command once more."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from new_process import INSTALLS, command, ended, fluidkit, git, started, write_tools
from running import wait_for


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A new enough Node that runs npm without doing anything, a pnpm alike, fluidkit, and a uv
    that installs when it is let go.
    """
    node = 'echo "24.0.0 $0"'
    write_tools(
        tmp_path / "tools", {"node": node, "npm": "", "pnpm": "", "uv": INSTALLS, "fluidkit": ""}
    )
    return tmp_path / "tools"


def test_a_failed_installation_shows_why_keeps_the_files_and_says_how_to_go_on(
    tmp_path: Path, tools: Path
) -> None:
    write_tools(tools, {"uv": "seq 100; echo no such package >&2; exit 1"})
    run = ended(tmp_path, "new", "shop", "--mode", "ssr", tools=tools)
    assert run.returncode == 1
    *tail, what, how = run.stderr.splitlines()
    assert tail == [str(number) for number in range(87, 101)] + ["no such package"]
    assert what == "error: Failed: Python packages with uv"
    assert how == "hint: Go on with: fluidkit new shop --mode ssr"
    assert (tmp_path / "shop/backend/main.py").is_file()
    assert not (tmp_path / "shop/.git").exists()


def test_without_a_network_it_says_so(tmp_path: Path, tools: Path) -> None:
    write_tools(tools, {"pnpm": "echo ERR_PNPM_META_FETCH_FAIL: ENOTFOUND; exit 1"})
    (tmp_path / "go").touch()
    run = ended(tmp_path, "new", "shop", "--package-manager", "pnpm", tools=tools)
    assert run.returncode == 1
    go_on = "Go on with: fluidkit new shop --package-manager pnpm"
    assert run.stderr.splitlines()[-1] == f"hint: The network was not reached. {go_on}"


def test_the_same_command_goes_on_and_overwrites_nothing(tmp_path: Path, tools: Path) -> None:
    write_tools(tools, {"uv": "exit 1"})
    assert ended(tmp_path, "new", "shop", tools=tools).returncode == 1
    page = tmp_path / "shop/frontend/src/routes/+page.svelte"
    page.write_text("mine", encoding="utf-8")
    write_tools(tools, {"uv": INSTALLS})
    (tmp_path / "go").touch()
    fluidkit(tmp_path, "new", "shop", tools=tools)
    assert page.read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "shop/frontend/src/lib/api/runtime.ts").is_file()
    assert git(tmp_path / "shop", "rev-list", "--count", "HEAD") == "1"
    again = ended(tmp_path, "new", "shop", tools=tools)
    assert again.returncode == 2
    assert "is not empty" in again.stderr


def test_it_goes_on_only_with_what_was_chosen_at_first(tmp_path: Path, tools: Path) -> None:
    write_tools(tools, {"uv": "exit 1"})
    ended(tmp_path, "new", "shop", "--package-manager", "pnpm", "--no-git", tools=tools)
    run = ended(tmp_path, "new", "shop", tools=tools)
    assert run.returncode == 2
    how = "Go on with: fluidkit new shop --package-manager pnpm --no-git"
    assert run.stderr.splitlines()[-1] == f"hint: {how}"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_installers_and_says_how_to_go_on(
    tmp_path: Path, tools: Path, number: int
) -> None:
    write_tools(tools, {"uv": "sleep 1000 & echo $! > ../new; mv ../new ../child; wait"})
    with started(tmp_path, "new", "shop", tools=tools) as process:
        wait_for((tmp_path / "child").exists)
        process.send_signal(number)
        _, errors = process.communicate(timeout=15)
    assert process.returncode == 128 + number
    assert errors.splitlines() == [
        "error: Interrupted",
        "hint: Go on with: fluidkit new shop",
    ]
    assert_ends(tmp_path / "child")


def test_what_a_kill_leaves_is_gone_on_with(tmp_path: Path, tools: Path) -> None:
    write_tools(tools, {"uv": "sleep 1000 & echo $! > ../new; mv ../new ../child; wait"})
    with started(tmp_path, "new", "shop", tools=tools) as process:
        wait_for((tmp_path / "child").exists)
        process.kill()
    assert_ends(tmp_path / "child")
    write_tools(tools, {"uv": INSTALLS})
    (tmp_path / "go").touch()
    fluidkit(tmp_path, "new", "shop", tools=tools)
    assert git(tmp_path / "shop", "status", "--porcelain") == ""


def assert_ends(child: Path) -> None:
    status = Path(f"/proc/{child.read_text(encoding='utf-8').strip()}/status")
    wait_for(lambda: not status.exists() or "State:\tZ" in status.read_text(encoding="utf-8"))


def test_of_two_at_once_in_the_same_place_one_wins_and_the_other_changes_nothing(
    tmp_path: Path, tools: Path
) -> None:
    both = [started(tmp_path, "new", "shop", tools=tools) for _ in range(2)]
    wait_for(lambda: any(process.poll() is not None for process in both))
    (tmp_path / "go").touch()
    errors = [process.communicate(timeout=60)[1] for process in both]
    assert sorted(process.returncode for process in both) == [0, 2], errors
    assert any("at work" in error or "not empty" in error for error in errors)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["go", "shop", "tools"]
    assert git(tmp_path / "shop", "rev-list", "--count", "HEAD") == "1"


def test_two_at_once_in_different_places_do_not_disturb_each_other(
    tmp_path: Path, tools: Path
) -> None:
    (tmp_path / "go").touch()
    both = [started(tmp_path, "new", name, tools=tools) for name in ("shop", "shop2")]
    errors = [process.communicate(timeout=60)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], errors


def test_an_early_ctrl_c_is_quiet(tmp_path: Path) -> None:
    # the first of the libraries that are imported
    slow = "import pathlib, time; pathlib.Path('importing').touch(); time.sleep(60)"
    (tmp_path / "typer.py").write_text(slow, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    with subprocess.Popen(
        command("new", "shop"), cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_for((tmp_path / "importing").exists)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=15)
    assert (process.returncode, errors) == (130, "")
