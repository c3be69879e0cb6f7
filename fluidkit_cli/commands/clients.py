"""Typed clients of an app: described by the Python that owns it, then emitted."""

from dataclasses import dataclass
from pathlib import Path

from ..api import Api
from ..describe.remote import describe_remotely
from ..emit import emit_typescript
from ..files import GeneratedFile, write_changed
from ..svelte import is_svelte_project
from ..toolchain import find_python
from ..workspace import Naming, Workspace


@dataclass(frozen=True, slots=True)
class Target:
    """The app to describe, the Python that owns it, and where its clients go."""

    app: str
    root: Path
    python: Path
    output: Path
    naming: Naming

    @property
    def package(self) -> str:
        """The import name of the app's package, which file names leave out."""
        return self.app.partition(":")[0].partition(".")[0]


@dataclass(frozen=True, slots=True)
class Clients:
    """What the app offers, and the files that say so in TypeScript."""

    api: Api
    files: list[GeneratedFile]


def described_clients(target: Target) -> Clients:
    """Describes the app and emits its clients; writes nothing.

    Raises:
        AppFailed: the app does not import.
    """
    api = describe_remotely(target.python, app=target.app, root=target.root)
    files = emit_typescript(
        api,
        package=target.package,
        naming=target.naming,
        svelte=is_svelte_project(target.output),
    )
    return Clients(api, files)


def write_clients(workspace: Workspace) -> Api:
    """Brings the clients of a workspace up to date.

    Raises:
        MissingTool: the backend is not installed.
        AppFailed: the app does not import.
    """
    clients = described_clients(workspace_target(workspace))
    write_changed(workspace.output, clients.files)
    return clients.api


def workspace_target(workspace: Workspace) -> Target:
    """The workspace's own app.

    Raises:
        MissingTool: the backend is not installed.
    """
    python = find_python(workspace)
    return Target(workspace.app, workspace.root, python, workspace.output, workspace.naming)
