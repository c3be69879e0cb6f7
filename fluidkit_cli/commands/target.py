"""Which app a command is about: the workspace's, or any other that its options name."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..api import Api
from ..describe.failure import Failure
from ..describe.remote import AppFailed, describe_remotely
from ..errors import BadArgument
from ..python_client import check_python_client
from ..toolchain import find_python
from ..workspace import (
    DateForm,
    Naming,
    Workspace,
    WorkspaceNotFound,
    find_workspace,
)

_PYTHON = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
"""Where an environment has it."""


@dataclass(frozen=True, slots=True)
class TargetOptions:
    """What is not given is the workspace's; `output` may be left out elsewhere, too, if there is a
    `python_client` or a `default_output`. `example` is a command that works without a workspace.
    """

    example: str
    app: str | None = None
    app_dir: Path | None = None
    output: Path | None = None
    python_client: Path | None = None
    default_output: Path | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """The app to describe, the Python that owns it, and where its clients go.

    `python_client` is where a Python client goes, if one is wanted; where it is the `output`, too,
    it is the only one. `library` is what the front end's own code imports from as `#lib`, if there
    is a front end.
    `is_borrowed` says that the Python is ours, as no environment of the app's own was found.
    """

    app: str
    root: Path
    python: Path
    output: Path
    python_client: Path | None = None
    naming: Naming = "python"
    dates: DateForm = "string"
    overrides: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    library: Path | None = None
    is_borrowed: bool = False

    @property
    def package(self) -> str:
        """The import name of the app's package, which file names leave out."""
        return self.app.partition(":")[0].partition(".")[0]


def find_target(options: TargetOptions) -> Target:
    """The workspace's app, or any other that the options name.

    Raises:
        BadArgument: outside a workspace, an option is missing; or an option is wrong.
        MissingTool: the workspace's backend is not installed.
    """
    directory = absolute(options.app_dir or Path.cwd())
    if not directory.is_dir():
        raise BadArgument(
            f"{directory} is no folder", hint="--app-dir is where the app is imported"
        )
    try:
        workspace = find_workspace(directory)
    except WorkspaceNotFound:
        return _lone_target(options, directory)
    target = workspace_target(workspace)
    # the workspace's own Python client is never one of another app
    configured = None if options.app else target.python_client
    python_client = absolute(options.python_client) if options.python_client else configured
    output = absolute(options.output) if options.output else target.output
    if python_client:
        check_python_client(python_client, output=output)
    return replace(
        target,
        app=options.app or target.app,
        root=directory if options.app_dir else target.root,
        output=output,
        python_client=python_client,
    )


def workspace_target(workspace: Workspace) -> Target:
    """The workspace's own app.

    Raises:
        MissingTool: the backend is not installed.
    """
    return Target(
        workspace.app,
        workspace.root,
        find_python(workspace),
        workspace.output,
        workspace.python_client,
        workspace.naming,
        workspace.dates,
        workspace.routes,
        workspace.frontend / "src" / "lib",
    )


def described(target: Target) -> Api:
    """What its app offers.

    Raises:
        AppFailed: the app does not import.
        FluidkitError: it cannot be described.
    """
    try:
        return describe_remotely(
            target.python, app=target.app, root=target.root, overrides=target.overrides
        )
    except AppFailed as failed:
        failed.hint = _way_of_import(target, failed.failure) or failed.hint
        raise


def absolute(path: Path) -> Path:
    """The folder that an option names."""
    # a shell leaves the ~ of --output=~/clients to us
    return path.expanduser().resolve()


def _way_of_import(target: Target, failure: Failure) -> str:
    """What helps where not the app is wrong, but from where, or by whom, it is imported."""
    match failure:
        case Failure(type="ModuleNotFoundError") if target.is_borrowed:
            return (
                f"{target.root} has no .venv, so fluidkit's own Python imported it:"
                " activate the app's environment"
            )
        case Failure(type="ImportError", message=message) if "no known parent package" in message:
            package, folder = target.root.name, target.root.parent
            return f"Name it with its package: --app {package}.{target.app} --app-dir {folder}"
        case _:
            return ""


def _lone_target(options: TargetOptions, directory: Path) -> Target:
    python_client = absolute(options.python_client) if options.python_client else None
    output = options.output or python_client or options.default_output
    if options.app is None or output is None:
        missing = "--app MODULE:ATTR" if options.app is None else "--output DIR"
        raise BadArgument(
            f"No fluidkit workspace in {directory} or above, and no {missing}",
            hint=f"Any FastAPI app will do: {options.example}",
        )
    if python_client:
        check_python_client(python_client, output=options.output and absolute(options.output))
    python = _python_of(directory)
    return Target(
        options.app,
        directory,
        python or Path(sys.executable),
        absolute(output),
        python_client,
        is_borrowed=python is None,
    )


def _python_of(directory: Path) -> Path | None:
    """That of its `.venv`, of the environment that is active, or of a `.venv` further up."""
    active = Path(os.environ.get("VIRTUAL_ENV", sys.prefix))
    nearest, *above = (folder / ".venv" for folder in (directory, *directory.parents))
    others = above if active == Path(sys.prefix) else [active, *above]
    return next(filter(Path.is_file, (each / _PYTHON for each in (nearest, *others))), None)
