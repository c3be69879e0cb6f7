"""The programs that everything else needs."""

import importlib.metadata
import platform
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from ...toolchain import find_node, package_manager_command
from ...workspace import Workspace
from .check import Check, checked

_LIMIT = 10.0  # seconds for a program to tell its version


def tools() -> Iterator[Check]:
    """Those that a new workspace would be made with."""
    yield Check("fluidkit", importlib.metadata.version("fluidkit-cli"))
    yield Check("Python", f"{platform.python_version()} runs fluidkit")
    yield checked("Node", _node)
    yield _optional("uv", otherwise="not found: pip installs the backend, more slowly")
    yield _optional("git", otherwise="not found: a new workspace gets no first commit")


def package_manager(workspace: Workspace) -> str:
    """The one that installs the front end.

    Raises:
        MissingTool: it is not there.
    """
    command = package_manager_command(workspace.package_manager, node=find_node())
    return f"{_version([*command, '--version'])}, {command[-1]}"


def _node() -> str:
    node = find_node()
    return f"{_version([str(node), '--version'])}, {node}"


def _optional(program: str, *, otherwise: str) -> Check:
    found = shutil.which(program)
    if found is None:
        return Check(program, otherwise, "note")
    return Check(program, _version([found, "--version"]))


def _version(command: list[str]) -> str:
    """The last word of its first line that begins with a digit: `git version 2.39.5`, `v24.1.0`."""
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        return f"{Path(command[0])} does not run: {error}"
    words = (word.removeprefix("v") for word in run.stdout.partition("\n")[0].split())
    return next((word for word in words if word[:1].isdigit()), "of unknown version")
