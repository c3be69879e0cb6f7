"""`fluidkit new`, without its installations: those are tried in tests/scaffolds."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fluidkit_cli import cli
from fluidkit_cli.commands import dev, new
from fluidkit_cli.commands.dev import DevOptions
from fluidkit_cli.errors import BadArgument, MissingTool
from fluidkit_cli.repository import CommitFailed
from fluidkit_cli.workspace import find_workspace
from new_process import ended, fluidkit, git, write_tools

NOTHING = new.NewOptions(install=False, git=False)


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


def test_what_others_may_read_only_its_owner_may_write(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        new.run(tmp_path / "shop", NOTHING)
    finally:
        os.umask(before)
    modes = {path: path.stat().st_mode for path in (tmp_path / "shop").rglob("*")}
    assert modes
    assert {path: mode for path, mode in modes.items() if mode & 0o022} == {}


def test_all_files_are_in_the_first_commit(tmp_path: Path) -> None:
    fluidkit(tmp_path, "new", "shop", "--no-install")
    assert git(tmp_path / "shop", "status", "--porcelain") == ""
    assert git(tmp_path / "shop", "rev-list", "--count", "HEAD") == "1"


def test_inside_a_repository_there_is_no_second_one(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    fluidkit(tmp_path, "new", "shop", "--no-install")
    assert not (tmp_path / "shop/.git").exists()


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


@pytest.mark.parametrize("path", [".", "..", "", "a/..", "a/../shop", "../a/../../shop", "no/shop"])
def test_a_path_that_names_no_new_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a/b")
    with pytest.raises(BadArgument):
        new.run(Path(path), NOTHING)
    assert list(tmp_path.rglob("*")) == [tmp_path / "a", tmp_path / "a/b"]


def test_no_name_writes_to_the_terminal_or_takes_a_second_line(tmp_path: Path) -> None:
    run = ended(tmp_path, "new", "a\n\x1b[2J\u202eb", "--no-install")
    assert run.returncode == 2
    assert run.stderr.splitlines()[0] == (
        'error: "a\\n\\x1b[2J\\u202eb" cannot be the name of a project'
    )
    assert len(run.stderr.splitlines()) == 2


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "somewhere").mkdir()
    (tmp_path / "shop").symlink_to("somewhere")
    with pytest.raises(BadArgument, match="is a link"):
        new.run(tmp_path / "shop", NOTHING)
    assert list((tmp_path / "somewhere").iterdir()) == []


def test_a_folder_further_up_is_said_as_people_type_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path / "a")
    new.run(Path("../shop"), NOTHING)
    new.say_what_next(Path("../shop"), NOTHING)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "shop"]
    assert "  cd ../shop" in capsys.readouterr().out.splitlines()


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


def test_a_place_that_may_not_be_written_is_an_error_of_two_lines(tmp_path: Path) -> None:
    run = ended(tmp_path, "new", "/proc/shop", "--no-install")  # closed to root too
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 2
