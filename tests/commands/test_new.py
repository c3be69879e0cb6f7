"""`fluidkit new`, without its installations: those are tried in tests/scaffolds."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fluidkit_cli import cli
from fluidkit_cli.commands import dev, new
from fluidkit_cli.commands.dev import DevOptions
from fluidkit_cli.errors import BadArgument, MissingTool
from fluidkit_cli.repository import CommitFailed
from fluidkit_cli.workspace import find_workspace
from running import wait_for

NOTHING = new.NewOptions(install=False, git=False)


INSTALLS = f'until [ -e ../go ]; do sleep 0.02; done; ln -sfn "{sys.prefix}" .venv'
"""A uv that waits until the test lets it go, and then gives the workspace this test's packages."""


def fluidkit(folder: Path, *arguments: str, tools: Path | None = None) -> list[str]:
    """The command's standard output, line by line; it must succeed."""
    run = ended(folder, *arguments, tools=tools)
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def ended(
    folder: Path, *arguments: str, tools: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        cwd=folder,
        env=environment(tools),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def started(folder: Path, *arguments: str, tools: Path) -> "subprocess.Popen[str]":
    """Runs beside the test, which reads its errors."""
    return subprocess.Popen(
        command(*arguments),
        cwd=folder,
        env=environment(tools),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "fluidkit_cli", *arguments]


def environment(tools: Path | None) -> dict[str, str]:
    """`tools` come before all others on PATH."""
    before = f"{tools}{os.pathsep}" if tools else ""
    return {**os.environ, "PATH": f"{before}{os.environ['PATH']}", "COLUMNS": "500"}


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


def write_tools(folder: Path, scripts: Mapping[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)


def test_without_a_terminal_it_prints_plain_lines_and_what_to_do_next(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    write_tools(tools, {"fluidkit": ""})
    lines = fluidkit(tmp_path, "new", "shop", "--no-install", "--no-git", tools=tools)
    assert not any("\x1b" in line for line in lines)
    assert lines[0].startswith("shop is ready, in ")
    assert lines[2].strip() == "cd shop"
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
    assert "shop is ready" in shown.out


def test_an_unknown_template_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match='"huge"'):
        new.run(tmp_path / "shop", new.NewOptions(template="huge"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["aiofiles", "starlette", "n" * 300, "backend"])
def test_a_name_that_cannot_work_is_refused_before_anything_is_written(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(BadArgument):
        new.run(tmp_path / name, NOTHING)
    assert list(tmp_path.iterdir()) == []


def test_a_place_in_somebody_elses_workspace_is_refused_before_anything_is_written(
    tmp_path: Path,
) -> None:
    (tmp_path / "package.json").write_text('{"workspaces": ["**"]}', encoding="utf-8")
    with pytest.raises(BadArgument, match=r"package\.json"):
        new.run(tmp_path / "shop", NOTHING)
    assert [path.name for path in tmp_path.iterdir()] == ["package.json"]


def test_a_path_up_and_down_makes_one_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    new.run(Path("a/../shop"), NOTHING)
    new.say_what_next(Path("a/../shop"), NOTHING)
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]
    assert "  cd shop" in capsys.readouterr().out.splitlines()


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


def test_what_was_chosen_is_written_down_for_all_that_comes_later(tmp_path: Path) -> None:
    options = ("--mode", "ssr", "--package-manager", "pnpm", "--no-install", "--no-git")
    lines = fluidkit(tmp_path, "new", "shop", *options)
    assert "(cd frontend && pnpm install)" in [line.strip() for line in lines]
    workspace = find_workspace(tmp_path / "shop")
    assert (workspace.mode, workspace.package_manager) == ("ssr", "pnpm")
    for page in ("README.md", "AGENTS.md"):
        assert "pnpm --dir frontend run check" in (workspace.root / page).read_text("utf-8")


@pytest.mark.parametrize(
    ("option", "value", "choices"),
    [("--mode", "spas", "'spa', 'ssr'"), ("--package-manager", "yarn", "'npm', 'pnpm', 'bun'")],
)
def test_a_choice_that_there_is_not_is_refused_with_those_that_there_are(
    tmp_path: Path, option: str, value: str, choices: str
) -> None:
    run = ended(tmp_path, "new", "shop", option, value)
    assert run.returncode == 2
    assert choices in run.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_missing_package_manager_is_found_out_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingTool, match="bun was not found"):
        new.run(tmp_path / "shop", new.NewOptions(package_manager="bun"))
    assert list(tmp_path.iterdir()) == []


def test_with_dev_to_follow_it_does_not_say_how_to_start_dev(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Path | None] = []

    def run(options: DevOptions) -> int:
        begun.append(options.directory)
        return 0

    monkeypatch.setattr(dev, "run", run)
    root = tmp_path / "shop"
    options = ["--no-install", "--no-git", "--dev"]
    result = CliRunner().invoke(cli.app, ["new", str(root), *options])
    assert (result.exit_code, begun) == (0, [root])
    assert "cd " not in result.output


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


def test_a_place_that_may_not_be_written_is_an_error_of_two_lines(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    run = ended(tmp_path, "new", "file/shop", "--no-install")
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 2


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
