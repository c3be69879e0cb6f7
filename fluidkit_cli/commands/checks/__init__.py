"""What `fluidkit doctor` looks at, in its order."""

from collections.abc import Iterator
from pathlib import Path

from ...workspace import Workspace, WorkspaceNotFound, find_workspace
from .check import Check, Level, checked
from .clients import clients
from .plugin import plugin
from .production import build, start
from .runs import earlier_run, port, watching
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
    manager = workspace.package_manager
    yield checked(manager, lambda: package_manager(workspace))
    installed = checked("backend", lambda: backend(workspace))
    yield installed
    yield checked("front end", lambda: frontend(workspace))
    if installed.level == "problem":
        yield Check("clients", "not looked at: the backend comes first", "note")
        yield Check("build", "not looked at: the backend comes first", "note")
    else:
        yield checked("clients", lambda: clients(workspace))
        yield build(workspace)
    yield start(workspace)
    yield checked("Vite plugin", lambda: plugin(workspace))
    yield checked("settings", lambda: settings(workspace))
    yield checked("watching", lambda: watching(workspace))
    yield checked("page's port", lambda: port(workspace, "web"))
    yield checked("API's port", lambda: port(workspace, "api"))
    yield checked("fluidkit dev", lambda: earlier_run(workspace))
