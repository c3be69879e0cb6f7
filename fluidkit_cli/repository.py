"""The git repository of a new workspace."""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

from .errors import FluidkitError

_NOBODY = ("-c", "user.name=fluidkit", "-c", "user.email=fluidkit@localhost.invalid")
"""Who commits where git does not know: an empty home has no identity, and git refuses."""

_QUIET = ("-c", f"core.hooksPath={os.devnull}")
"""Hooks are for people: they may prompt, and outlive us."""

_PLACE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")


_PATIENCE = 5.0
"""Seconds that git gets to end."""


class CommitFailed(FluidkitError):
    """Git refused; the workspace is none the worse for it."""


def has_git() -> bool:
    """Whether git is installed."""
    return shutil.which("git") is not None


def wants_first_commit(root: Path) -> bool:
    """Whether no repository holds `root` yet, or only one of its own that has no commit."""
    inside = _git(root, "rev-parse", "--show-prefix")
    if inside.returncode != 0:
        # git also refuses a repository of somebody else, which is one all the same
        return "not a git repository" in inside.stderr
    is_its_own = inside.stdout.strip() == ""
    return is_its_own and _git(root, "rev-parse", "--verify", "HEAD").returncode != 0


def tracked_files(folder: Path) -> frozenset[Path]:
    """What git has of a folder; nothing where it is in no repository."""
    if not has_git():
        return frozenset()
    run = _git(folder, "ls-files", "-z")
    return frozenset(folder / name for name in run.stdout.split("\0") if name)


def make_first_commit(root: Path, *, message: str) -> None:
    """Starts a repository in `root` and commits all that is not ignored.

    Raises:
        CommitFailed: git refused.
    """
    _check(_git(root, "init", "--quiet"))
    _check(_git(root, "add", "--all"))
    # signing keys are for people: they may prompt
    commit = ("commit", "--quiet", "--no-verify", "--no-gpg-sign", "--message", message)
    _check(_git(root, *_identity(root), *commit))


def _identity(root: Path) -> tuple[str, ...]:
    roles = ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT")
    known = all(_git(root, "var", role).returncode == 0 for role in roles)
    return () if known else _NOBODY


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in _PLACE}
    environment["LC_ALL"] = "C"
    process = subprocess.Popen(
        ["git", *_QUIET, *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    try:
        output, errors = process.communicate()
    except BaseException:
        # a killed git would leave its locks, at which the next one fails
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
        process.kill()
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def _check(run: subprocess.CompletedProcess[str]) -> None:
    if run.returncode:
        said = (run.stderr or run.stdout).strip().splitlines() or [f"exit code {run.returncode}"]
        raise CommitFailed(
            f"No first commit: {said[0]}", hint="Make it yourself: git add --all && git commit"
        )
