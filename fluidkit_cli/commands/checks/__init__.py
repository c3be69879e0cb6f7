"""What `fluidkit doctor` looks at, in its order."""

from collections.abc import Callable, Iterator
from pathlib import Path

from ...workspace import Workspace, WorkspaceNotFound, find_workspace
from .check import Check, Level, checked
from .clients import clients
from .runs import earlier_run, port
from .settings import settings
from .sides import backend, frontend
from .tools import package_manager, tools

__all__ = ["Check", "Level", "checks"]


def checks(directory: Path) -> Iterator[Check]:
    """One after the other, as they are made: some take a second."""
    yield from tools()
    found: list[Workspace] = []
    yield checked("workspace", lambda: _workspace(directory, found))
    for workspace in found:
        yield from _of(workspace)


def _workspace(directory: Path, found: list[Workspace]) -> Check | str:
    """Adds it to `found`, if there is one that can be read."""
    try:
        workspace = find_workspace(directory)
    except WorkspaceNotFound as error:
        return Check("workspace", f"none in {directory} or above", "note", error.hint)
    found.append(workspace)
    return f"{workspace.root}, mode {workspace.mode}"


def _of(workspace: Workspace) -> Iterator[Check]:
    looked_at: dict[str, Callable[[], Check | str]] = {
        workspace.package_manager: lambda: package_manager(workspace),
        "backend": lambda: backend(workspace),
        "front end": lambda: frontend(workspace),
        "clients": lambda: clients(workspace),
        "settings": lambda: settings(workspace),
        "page's port": lambda: port(workspace, "web"),
        "API's port": lambda: port(workspace, "api"),
        "fluidkit dev": lambda: earlier_run(workspace),
    }
    for name, look in looked_at.items():
        yield checked(name, look)
