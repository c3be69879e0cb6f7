"""The clients of an app in the languages that are asked for, and the folders that they go to."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..api import Api
from ..emit import PYTHON, emit_python
from ..files import GeneratedFile
from ..generation import client_files, names_in
from .target import Target, described

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
            known = names_in(folder, dialect=PYTHON)
            return emit_python(api, package=target.package, known=known)
