"""The clients of an app in the languages that are asked for, and the folders that they go to."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..api import Api
from ..emit import emit_python
from ..errors import BadArgument
from ..files import GeneratedFile
from ..generation import client_files
from .target import Target, absolute, described

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


def described_outputs(target: Target, output: Path | None, python_client: Path | None) -> Outputs:
    """Describes the app and emits its clients; writes nothing.

    `output` and `python_client` are the folders that the options name.

    Raises:
        AppFailed: the app does not import.
        BadArgument: both folders are one.
    """
    folders = folders_of(target, output, python_client)
    api = described(target)
    return Outputs(
        api,
        tuple(
            Output(language, folder, _files(api, language, folder, target))
            for folder, language in folders.items()
        ),
    )


def folders_of(
    target: Target, output: Path | None, python_client: Path | None
) -> dict[Path, Language]:
    """Outside a workspace, where only a Python client is asked for, that is all.

    Raises:
        BadArgument: both folders are one.
    """
    if python_client is None:
        return {target.output: "typescript"}
    folder = absolute(python_client)
    if folder != target.output:
        return {target.output: "typescript", folder: "python"}
    if output is not None or target.library is not None:
        raise BadArgument(
            f"{folder} cannot hold both clients", hint="Give --python-client a folder of its own"
        )
    return {folder: "python"}


def _files(api: Api, language: Language, folder: Path, target: Target) -> list[GeneratedFile]:
    match language:
        case "typescript":
            return client_files(
                api, output=folder, package=target.package, naming=target.naming, dates=target.dates
            )
        case "python":
            return emit_python(api, package=target.package)
