"""`fluidkit new`: lays out a workspace, installs both sides, makes the first commit."""

import os
import shlex
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from .. import console
from ..errors import BadArgument, FluidkitError
from ..installation import clients_step, node_side, python_side
from ..layout import check_vacant, lay_out, lay_out_missing, located
from ..project import check_installable, project_name
from ..repository import CommitFailed, has_git, make_first_commit, wants_first_commit
from ..step import FailedStep, Side, interruptible, run_sides
from ..surroundings import check_alone
from ..templates import render_workspace
from ..toolchain import find_node, fluidkit_command, install_by_hand
from ..unfinished import begun_with, held, mark, unmark
from ..workspace import Mode, PackageManager

_SHOWN_LINES = 15
"""How much of what a failing tool printed is shown."""


@dataclass(frozen=True, slots=True)
class NewOptions:
    """What to lay out, and what to do with it then."""

    template: str = "demo"
    mode: Mode = "spa"
    package_manager: PackageManager = "npm"
    install: bool = True
    git: bool = True


class InstallationFailed(FluidkitError):
    """A tool failed; the files are in place."""


def run(path: Path, options: NewOptions) -> None:
    """Makes the workspace `path`, or goes on where an earlier run of the same was ended.

    Raises:
        BadArgument: a wrong name or template, a folder that is not empty, or another run is at
            work in it; nothing is written.
        MissingTool: Node or the package manager is missing; nothing is written.
        FluidkitError: it could not be finished; the files stay, and the hint says how to go on.
    """
    started = time.monotonic()
    root = located(path)
    name = project_name(root)
    os.umask(os.umask(0o022) | 0o022)  # what others may read, only its owner may write
    with interruptible(), ExitStack() as claims:
        _check_free(path, options)
        values = {"name": name, "package_manager": options.package_manager}
        files = render_workspace(options.template, mode=options.mode, values=values)
        check_installable(name, files)
        packages = _node_packages(root, options) if options.install else ()
        if begun_with(root) is not None:
            claims.enter_context(held(root))
        else:
            begun = [*files, mark(_typed(options))]
            lay_out(root, begun, claim=lambda folder: claims.enter_context(held(folder)))
        with _resumable(path, options):
            lay_out_missing(root, files)
            _finish(root, options, node_packages=packages)
    console.say(f"{name} is ready, in {time.monotonic() - started:.1f} s", style="bold")


def say_what_next(path: Path, options: NewOptions) -> None:
    """The commands that people will want now, to be pasted."""
    root = located(path)
    console.say()
    if root != Path.cwd():
        console.hint(f"cd {shlex.quote(os.path.relpath(root))}")
    if not options.install:
        for step in python_side(root):
            console.hint(shlex.join(step.command))
        console.hint(f"(cd frontend && {install_by_hand(options.package_manager)})")
    console.hint(f"{fluidkit_command()} dev")
    console.say()
    console.say("Edit backend/routes, and the page follows.")


def _check_free(path: Path, options: NewOptions) -> None:
    """Only what was begun with the very same options is gone on with."""
    root = located(path)
    check_alone(root, manager=options.package_manager)
    begun = begun_with(root)
    if begun is None:
        check_vacant(root)
    elif begun != _typed(options):
        raise BadArgument(
            f"{root} is unfinished, and was begun with other options",
            hint=f"Go on with: {_again(path, begun)}",
        )


def _node_packages(root: Path, options: NewOptions) -> Side:
    return node_side(root / "frontend", manager=options.package_manager, node=find_node())


@contextmanager
def _resumable(path: Path, options: NewOptions) -> Iterator[None]:
    """Whatever stops us, the same command again does what is left."""
    again = f"Go on with: {_again(path, _typed(options))}"
    try:
        yield
    except FluidkitError as error:
        error.hint = f"{error.hint}. {again}" if error.hint else again
        raise
    except OSError as error:
        place = error.filename or located(path)
        raise FluidkitError(f"{place}: {error.strerror}", hint=again) from error


def _again(path: Path, options: list[str]) -> str:
    return f"{fluidkit_command()} {shlex.join(['new', str(path), *options])}"


def _typed(options: NewOptions) -> list[str]:
    """The options as they are typed, but for those that nobody needs to type."""
    typed: list[str] = []
    for field in fields(NewOptions):
        value, name = getattr(options, field.name), field.name.replace("_", "-")
        if value is False:
            typed.append(f"--no-{name}")
        elif value != field.default:
            typed += [f"--{name}", value]
    return typed


def _finish(root: Path, options: NewOptions, *, node_packages: Side) -> None:
    with console.steps() as steps:
        if options.install:
            python_packages = (*python_side(root), clients_step(root))
            _check_installed(run_sides(python_packages, node_packages, progress=steps))
        if options.git and has_git() and wants_first_commit(root):
            _commit(root, template=options.template, steps=steps)
    unmark(root)


def _check_installed(failures: list[FailedStep]) -> None:
    for failure in failures:
        console.warn(failure.last_lines(_SHOWN_LINES))
    if failures:
        names = " and ".join(failure.step.name for failure in failures)
        raise InstallationFailed(f"Failed: {names}", hint=_remedy(failures))


def _remedy(failures: list[FailedStep]) -> str:
    unreached = [failure.step for failure in failures if failure.misses_network]
    needs = [step.network for step in unreached if step.network]
    return "; ".join(["The network was not reached", *needs]) if unreached else ""


def _commit(root: Path, *, template: str, steps: console.Steps) -> None:
    """A workspace without its first commit is still a workspace."""
    try:
        with steps.step("First commit"):
            make_first_commit(root, message=f"Start from fluidkit's template {template}")
    except CommitFailed as error:
        console.warn(f"{error.message}. {error.hint}")
