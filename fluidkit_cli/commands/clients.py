"""Typed clients of an app: described by the Python that owns it, then emitted."""

from dataclasses import dataclass

from ..api import Api
from ..files import GeneratedFile, write_changed
from ..generation import client_files
from ..workspace import Workspace
from .target import Target, described, workspace_target


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
    api = described(target)
    files = client_files(
        api,
        output=target.output,
        package=target.package,
        naming=target.naming,
        dates=target.dates,
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
