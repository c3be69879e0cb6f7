"""`fluidkit new`: lays out a workspace, installs both sides, makes the first commit."""

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import console
from ..errors import FluidkitError
from ..installation import node_side, python_side
from ..layout import check_vacant, lay_out, project_name
from ..repository import CommitFailed, has_git, is_inside_repository, make_first_commit
from ..step import Interrupted, Side, Step, run_sides
from ..templates import render_workspace
from ..toolchain import find_node
from ..workspace import find_workspace
from .clients import write_clients

_SHOWN_LINES = 15
"""How much of what a failing tool printed is shown."""


@dataclass(frozen=True, slots=True)
class NewOptions:
    """The template to lay out, and what to do with it then."""

    template: str = "minimal"
    install: bool = True
    git: bool = True


class InstallationFailed(FluidkitError):
    """A tool failed; the files are in place."""


def run(path: Path, options: NewOptions) -> None:
    """Makes the workspace `path`.

    Raises:
        BadArgument: a wrong name or template, or a folder that is not empty; nothing is written.
        MissingTool: Node or npm is missing; nothing is written.
        FluidkitError: it could not be installed; the files stay, and the hint says how to go on.
    """
    root = path.absolute()
    name = project_name(root)
    check_vacant(root)
    files = render_workspace(options.template, mode="spa", values={"name": name})
    node_packages = node_side(root / "frontend", node=find_node()) if options.install else ()
    lay_out(root, files)
    with console.steps() as steps:
        if options.install:
            _install((python_side(root), node_packages), steps=steps)
            with steps.step("Typed clients"):
                write_clients(find_workspace(root))
        if options.git and has_git() and not is_inside_repository(root):
            _commit(root, template=options.template, steps=steps)
    _say_what_next(root, installed=options.install)


def _install(sides: Sequence[Side], *, steps: console.Steps) -> None:
    try:
        failures = run_sides(*sides, progress=steps)
    except Interrupted as interrupted:
        interrupted.hint = _resume([step for side in sides for step in side])
        raise
    for failure in failures:
        console.warn(failure.last_lines(_SHOWN_LINES))
    if failures:
        names = " and ".join(failure.step.name for failure in failures)
        left = [step for failure in failures for step in (failure.step, *failure.skipped)]
        raise InstallationFailed(f"Not installed: {names}", hint=_resume(left))


def _resume(steps: Sequence[Step]) -> str:
    commands = " && ".join([*(step.by_hand for step in steps), "fluidkit generate"])
    return f"The files are in place. Go on with: {commands}"


def _commit(root: Path, *, template: str, steps: console.Steps) -> None:
    """A workspace without its first commit is still a workspace."""
    try:
        with steps.step("First commit"):
            make_first_commit(root, message=f"Start from fluidkit's template {template}")
    except CommitFailed as error:
        console.warn(f"{error.message}. {error.hint}")


def _say_what_next(root: Path, *, installed: bool) -> None:
    console.say()
    if root != Path.cwd():
        console.hint(f"cd {shlex.quote(os.path.relpath(root))}")
    if not installed:
        for step in python_side(root):
            console.hint(step.by_hand)
        console.hint("(cd frontend && npm install)")
    console.hint("fluidkit dev")
    console.hint("and edit backend/routes: the page follows")
