"""The first commit of a workspace, with the real git."""

import subprocess
import sys
from pathlib import Path

import pytest

from fluidkit_cli.repository import (
    CommitFailed,
    has_git,
    make_first_commit,
    wants_first_commit,
)
from running import wait_for

ROLES = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, where git knows nobody; the folder of its configuration."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in (*ROLES, "EMAIL", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "README.md").touch()
    return root


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_where_git_knows_nobody_the_commit_is_ours(root: Path) -> None:
    make_first_commit(root, message="Start")
    assert git(root, "log", "--format=%an|%cn|%s") == "fluidkit|fluidkit|Start"


def test_the_fallback_is_not_left_in_the_configuration(root: Path) -> None:
    make_first_commit(root, message="Start")
    assert "user." not in git(root, "config", "--list")


def test_whom_git_knows_is_the_author(root: Path, nobody: Path) -> None:
    (nobody / ".gitconfig").write_text("[user]\nname=Ada\nemail=a@b.example\n", encoding="utf-8")
    make_first_commit(root, message="Start")
    assert git(root, "log", "--format=%an <%ae>") == "Ada <a@b.example>"


def test_all_is_committed_but_what_is_ignored(root: Path) -> None:
    (root / ".gitignore").write_text(".env\n", encoding="utf-8")
    (root / ".env").write_text("SECRET=1\n", encoding="utf-8")
    make_first_commit(root, message="Start")
    assert git(root, "ls-files").splitlines() == [".gitignore", "README.md"]
    assert git(root, "status", "--porcelain") == ""


def test_a_key_that_would_be_asked_for_is_not(root: Path, nobody: Path) -> None:
    (nobody / ".gitconfig").write_text(
        "[commit]\ngpgSign=true\n[gpg]\nprogram=/bin/false\n", encoding="utf-8"
    )
    make_first_commit(root, message="Start")
    assert git(root, "log", "--format=%s") == "Start"


def test_the_repository_around_us_is_not_taken_for_ours(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "--quiet", "other")
    # as in a hook of that repository
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other/.git"))
    make_first_commit(root, message="Start")
    monkeypatch.delenv("GIT_DIR")
    assert git(root, "log", "--format=%s") == "Start"


def test_git_that_refuses_is_an_error_with_its_own_words(root: Path) -> None:
    (root / ".git").write_text("nonsense", encoding="utf-8")
    with pytest.raises(CommitFailed, match="invalid gitfile"):
        make_first_commit(root, message="Start")


def test_no_first_commit_is_wanted_within_somebody_elses_repository(root: Path) -> None:
    below = root / "below"
    below.mkdir()
    assert wants_first_commit(below)
    git(root, "init", "--quiet")
    assert not wants_first_commit(below)


def test_a_first_commit_that_was_interrupted_is_still_wanted(root: Path) -> None:
    git(root, "init", "--quiet")
    assert wants_first_commit(root)
    make_first_commit(root, message="Start")
    assert not wants_first_commit(root)


def test_git_is_looked_for_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert has_git()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not has_git()


def test_the_repository_of_somebody_else_is_one(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(root.parent, "init", "--quiet")
    # what git itself tests this with
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert not wants_first_commit(root)


def test_no_hook_is_run(root: Path, nobody: Path) -> None:
    hooks = nobody / "hooks"
    hooks.mkdir()
    (hooks / "prepare-commit-msg").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (hooks / "prepare-commit-msg").chmod(0o755)
    (nobody / ".gitconfig").write_text(f"[core]\n\thooksPath = {hooks}\n", encoding="utf-8")
    make_first_commit(root, message="Start")
    assert git(root, "log", "--format=%s") == "Start"


def test_git_can_take_back_its_locks_when_we_are_ended(root: Path, tmp_path: Path) -> None:
    slow = "touch ../cleaning; for i in $(seq 500); do [ -e ../go ] && exit; sleep 0.02; done"
    filter_that_waits = (
        f'[filter "slow"]\n\tclean = "{slow}"\n[core]\n\tattributesFile = {tmp_path}/attributes\n'
    )
    (tmp_path / "home/.gitconfig").write_text(filter_that_waits, encoding="utf-8")
    (tmp_path / "attributes").write_text("* filter=slow\n", encoding="utf-8")
    (root / "README.md").write_text("# shop\n", encoding="utf-8")
    with subprocess.Popen([sys.executable, "-c", COMMITTER, str(root)]) as committer:
        wait_for((tmp_path / "cleaning").exists)
        assert (root / ".git/index.lock").exists()
        committer.terminate()
    (tmp_path / "go").touch()
    assert not (root / ".git/index.lock").exists()


COMMITTER = """
import sys
from pathlib import Path
from fluidkit_cli.repository import make_first_commit
from fluidkit_cli.step import interruptible

with interruptible():
    make_first_commit(Path(sys.argv[1]), message="Start")
"""
