"""What `fluidkit build` looks at before the last build is replaced."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from os.path import relpath
from pathlib import Path

from dotenv import dotenv_values

from ..api import Api
from ..bundle.dependencies import Undeclared
from ..bundle.leaks import leaks_in
from ..bundle.public_settings import is_public, public_settings
from ..bundle.secret_values import secrets_among
from ..bundle.site import public_folders
from ..describe.remote import AppFailed, describe_alone
from ..devserver.settings import settings_in
from ..errors import FluidkitError
from ..files import stale_files
from ..toolchain import find_python
from ..workspace import Workspace
from .outputs import Output

_MOST_NAMES = 5
_FURTHER_SETTINGS = (".env.local", ".env.production", ".env.production.local")
"""https://vite.dev/guide/env-and-mode#env-files"""


class BuildFailed(FluidkitError):
    """A check or the bundler failed; the last build is untouched."""


def is_unattended() -> bool:
    """Whether nobody would see, or commit, what is changed: as CI services say it."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def check_clients(outputs: Iterable[Output], *, root: Path) -> None:
    """What is committed must be what is built. A client that is not there is left to the build.

    Raises:
        BuildFailed: some files are stale.
    """
    named = [
        f"{relpath(output.folder, root)}/{file.path}: {file.reason}"
        for output in outputs
        if any((output.folder / file.path).exists() for file in output.files)
        for file in stale_files(output.folder, output.files)
    ]
    more = [f"and {len(named) - _MOST_NAMES} more"] if len(named) > _MOST_NAMES else []
    if named:
        raise BuildFailed(
            f"{len(named)} of the typed clients' files {'is' if len(named) == 1 else 'are'} stale",
            details=[*named[:_MOST_NAMES], *more],
            hint="Commit what this writes: fluidkit generate",
        )


def check_app_alone(
    workspace: Workspace, folder: Path, *, api: Api, hidden: Collection[str]
) -> None:
    """The app must be the same with only what lies in `folder` and without the packages `hidden`.

    Raises:
        Undeclared: it needs one of those.
        BuildFailed: it does not import, or some routes are missing.
    """
    try:
        alone = describe_alone(
            find_python(workspace), app=workspace.app, root=folder, hidden=hidden
        )
    except AppFailed as error:
        raise _without_a_part(error, workspace, folder) from error
    missing = sorted(_routes(api) - _routes(alone))
    if missing:
        raise BuildFailed(
            f"In build/ alone the app has no {missing[0]}",
            details=[f"nor {route}" for route in missing[1:]],
            hint="What makes these routes must lie in the package, and not look like a test",
        )


def check_leaks(workspace: Workspace, folder: Path) -> None:
    """Nothing that everybody can get may hold a secret of `.env` or of the environment.

    Raises:
        BuildFailed: it does; settings and files are named, never a value.
    """
    declared = public_settings(workspace.frontend)

    def private(settings: Mapping[str, str]) -> dict[str, str]:
        return {n: v for n, v in settings.items() if not is_public(n, declared=declared)}

    secrets = {*secrets_among(private(os.environ), by_name=True)}
    for settings in _settings(workspace.root):
        secrets |= {*secrets_among(private(settings))}
    places = [*public_folders(folder), workspace.output]
    found = [
        f"{_shown(leak.file, workspace, folder)} holds {leak.what}"
        for place in places
        for leak in leaks_in(place, secrets)
    ]
    if found:
        raise BuildFailed(
            f"A secret would be deployed for everybody: {found[0]}",
            details=found[1:],
            hint="Keep it in the backend; if it is none, declare it as public in src/env.ts",
        )


def _settings(root: Path) -> Iterator[Mapping[str, str]]:
    """Those of `.env`, and of the files beside it that Vite reads too."""
    yield settings_in(root)
    for name in _FURTHER_SETTINGS:
        with suppress(OSError, UnicodeDecodeError):
            values = dotenv_values(root / name)
            yield {key: value for key, value in values.items() if value is not None}


def _without_a_part(error: AppFailed, workspace: Workspace, folder: Path) -> FluidkitError:
    failure = error.failure
    place = Path(failure.file)
    where = (
        f"{relpath(place, folder)}:{failure.line}" if place.is_relative_to(folder) else "the app"
    )
    for module, distribution in error.missed.items():
        if _speaks_of(module, failure.message):
            return Undeclared(
                f"{where} imports {module} of the package {distribution}, which is installed, "
                "but not among the dependencies in pyproject.toml",
                hint=f"Add a line for it, or: uv add {distribution}",
            )
    missed = ", ".join(sorted(set(error.missed.values())))
    return BuildFailed(
        f"In build/ alone the app does not import: {error.message.replace(f'{folder}/', '')}",
        details=error.details,
        hint=f"What it imports must lie in {workspace.package}/ or be among the dependencies"
        + (f". It looked for what is not: {missed}" if missed else ""),
    )


def _speaks_of(module: str, message: str) -> bool:
    """As Python says it of a module, and of a part of a namespace."""
    package, _, name = module.rpartition(".")
    return f"'{module}'" in message or f"'{name}' from '{package}'" in message


def _routes(api: Api) -> set[str]:
    return {f"{route.method} {route.path}" for route in api.routes}


def _shown(file: Path, workspace: Workspace, folder: Path) -> str:
    if file.is_relative_to(folder):
        return f"build/{relpath(file, folder)}"
    return relpath(file, workspace.root)
