"""`fluidkit new`, without its installations: those are tried in tests/scaffolds."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from fluidkit_cli.commands import new
from fluidkit_cli.errors import BadArgument, MissingTool
from fluidkit_cli.repository import CommitFailed
from running import wait_for

NOTHING = new.NewOptions(install=False, git=False)


def fluidkit(folder: Path, *arguments: str, path: Path | None = None) -> list[str]:
    """The command's standard output, line by line; it must succeed."""
    run = subprocess.run(
        [sys.executable, "-m", "fluidkit_cli", *arguments],
        cwd=folder,
        env=environment(path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def environment(tools: Path | None) -> dict[str, str]:
    """`tools` come before all others on PATH."""
    before = f"{tools}{os.pathsep}" if tools else ""
    return {**os.environ, "PATH": f"{before}{os.environ['PATH']}", "COLUMNS": "500"}


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A new enough Node, an npm that has nothing to do, and a uv that each test writes."""
    write_tools(tmp_path / "tools", {"node": "[ $1 != --version ] || echo v24.0.0", "npm": ""})
    return tmp_path / "tools"


def write_tools(folder: Path, scripts: Mapping[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)


def test_without_a_terminal_it_prints_plain_lines_and_what_to_do_next(tmp_path: Path) -> None:
    lines = fluidkit(tmp_path, "new", "shop", "--no-install", "--no-git")
    assert not any("\x1b" in line for line in lines)
    assert lines[1].strip() == "cd shop"
    assert "fluidkit dev" in [line.strip() for line in lines]
    assert (tmp_path / "shop/backend/main.py").is_file()
    assert (tmp_path / "shop/frontend/.npmrc").is_file()
    assert not (tmp_path / "shop/.git").exists()


def test_the_current_folder_can_become_the_workspace(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    fluidkit(root, "new", ".", "--no-install", "--no-git")
    assert 'name = "shop"' in (root / "pyproject.toml").read_text(encoding="utf-8")


def test_all_files_are_in_the_first_commit(tmp_path: Path) -> None:
    fluidkit(tmp_path, "new", "shop", "--no-install")
    assert git(tmp_path / "shop", "status", "--porcelain") == ""
    assert git(tmp_path / "shop", "rev-list", "--count", "HEAD") == "1"


def test_inside_a_repository_there_is_no_second_one(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    fluidkit(tmp_path, "new", "shop", "--no-install")
    assert not (tmp_path / "shop/.git").exists()


def git(folder: Path, *arguments: str) -> str:
    run = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return run.stdout.strip()


def test_a_commit_that_git_refuses_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(root: Path, *, message: str) -> None:
        raise CommitFailed("No first commit: disk full", hint="Make it yourself")

    monkeypatch.setattr(new, "make_first_commit", refuse)
    new.run(tmp_path / "shop", new.NewOptions(install=False))
    shown = capsys.readouterr()
    assert "disk full" in shown.err
    assert "fluidkit dev" in shown.out


def test_an_unknown_template_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match='"huge"'):
        new.run(tmp_path / "shop", new.NewOptions(template="huge"))
    assert list(tmp_path.iterdir()) == []


def test_a_missing_node_is_found_out_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_node() -> Path:
        raise MissingTool("Node was not found")

    monkeypatch.setattr(new, "find_node", no_node)
    with pytest.raises(MissingTool):
        new.run(tmp_path / "shop", new.NewOptions())
    assert list(tmp_path.iterdir()) == []
    new.run(tmp_path / "shop", NOTHING)


def test_a_failed_installation_shows_why_keeps_the_files_and_says_how_to_go_on(
    tmp_path: Path, tools: Path
) -> None:
    write_tools(tools, {"uv": "seq 100; echo no such package >&2; exit 1"})
    run = subprocess.run(
        [sys.executable, "-m", "fluidkit_cli", "new", "shop"],
        cwd=tmp_path,
        env=environment(tools),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert run.returncode == 1
    *tail, what, how = run.stderr.splitlines()
    assert tail == [str(number) for number in range(87, 101)] + ["no such package"]
    assert what == "error: Not installed: Python packages with uv"
    assert how.startswith("hint: ")
    assert f"cd {tmp_path}/shop && {tools}/uv sync" in how
    assert "npm" not in how
    assert (tmp_path / "shop/backend/main.py").is_file()
    assert not (tmp_path / "shop/.git").exists()


def test_ctrl_c_ends_the_installers_and_says_how_to_go_on(tmp_path: Path, tools: Path) -> None:
    write_tools(tools, {"uv": "sleep 1000 & echo $! > ../new; mv ../new ../child; wait"})
    process = subprocess.Popen(
        [sys.executable, "-m", "fluidkit_cli", "new", "shop"],
        cwd=tmp_path,
        env=environment(tools),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    child = tmp_path / "child"
    wait_for(child.exists)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=15)
    assert process.returncode == 130
    what, how = errors.splitlines()
    assert what == "error: Interrupted"
    assert f"{tools}/uv sync" in how
    status = Path(f"/proc/{child.read_text(encoding='utf-8').strip()}/status")
    wait_for(lambda: not status.exists() or "State:\tZ" in status.read_text(encoding="utf-8"))
    assert (tmp_path / "shop/backend/main.py").is_file()
