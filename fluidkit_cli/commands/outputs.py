"""The clients of an app in the languages that are asked for, and the folders that they go to."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..api import Api
from ..emit import emit_python
from ..files import GeneratedFile, write_changed
from ..generation import client_files
from ..workspace import Workspace
from .target import Target, described, workspace_target

Language = Literal["typescript", "python"]


@dataclass(frozen=True, slots=True)
class Output:
    """A client: its folder, and the files that it consists of."""

    language: Language
    folder: Path
    files: list[GeneratedFile]


@dataclass(frozen=True, slots=True)
class Outputs:
    """What the app offers, and the clients that say so."""

    api: Api
    outputs: tuple[Output, ...]


def write_clients(workspace: Workspace) -> Api:
    """Brings the clients of a workspace up to date.

    Raises:
        MissingTool: the backend is not installed.
        AppFailed: the app does not import.
    """
    found = described_outputs(workspace_target(workspace))
    for each in found.outputs:
        write_changed(each.folder, each.files)
    return found.api


def described_outputs(target: Target) -> Outputs:
    """Describes the app and emits its clients; writes nothing.

    Raises:
        AppFailed: the app does not import.
    """
    api = described(target)
    return Outputs(
        api,
        tuple(
            Output(language, folder, _files(api, language, folder, target))
            for folder, language in folders_of(target).items()
        ),
    )


def folders_of(target: Target) -> dict[Path, Language]:
    """Where each client goes: a Python client alone takes the place of the other."""
    folders: dict[Path, Language] = {target.output: "typescript"}
    if target.python_client is not None:
        folders[target.python_client] = "python"
    return folders


def _files(api: Api, language: Language, folder: Path, target: Target) -> list[GeneratedFile]:
    match language:
        case "typescript":
            return client_files(
                api, output=folder, package=target.package, naming=target.naming, dates=target.dates
            )
        case "python":
            return emit_python(api, package=target.package)
