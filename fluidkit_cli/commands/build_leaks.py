"""Whether what `fluidkit build` would deploy holds a secret."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from os.path import relpath
from pathlib import Path

from dotenv import dotenv_values

from ..bundle.declared import project_name
from ..bundle.leaks import leaks_in
from ..bundle.public_settings import is_public, public_settings
from ..bundle.secret_values import Secret, not_sought, secrets_among
from ..bundle.site import public_folders, server_folder
from ..devserver.settings import settings_in
from ..workspace import Workspace
from .build_checks import BuildFailed

_FURTHER_FILES = (".env.local", ".env.production", ".env.production.local")
"""https://vite.dev/guide/env-and-mode#env-files"""


def check_leaks(workspace: Workspace, folder: Path) -> list[str]:
    """Neither what everybody can get nor the server of pages may hold a secret.

    Secrets are those of `.env`, of the files beside it, and of the environment. Returns the names
    of those that are too short or too plain to be looked for.

    Raises:
        BuildFailed: there is one; settings and files are named, never a value.
    """
    declared = public_settings(workspace.frontend)
    files = [_private(each, declared) for each in _files(workspace.root)]
    secrets = {*secrets_among(_private(os.environ, declared), by_name=True)}
    secrets |= {secret for each in files for secret in secrets_among(each)}
    secrets = {each for each in secrets if each.value != project_name(workspace.root)}
    public = _public_values(workspace.root, declared)
    named = [Secret(_with_public_name(each, public), each.value) for each in secrets]
    places = (*public_folders(folder), workspace.output)
    _refuse(
        (each for place in places for each in _found(place, named, workspace, folder)),
        what="A secret would be deployed for everybody",
        hint="Keep it in the backend; if it is none, declare it as public in src/env.ts",
    )
    _refuse(
        _found(server_folder(folder), named, workspace, folder),
        what="A secret would be deployed",
        hint="Without static: true in src/env.ts, the server reads it when it starts",
    )
    return sorted({name for each in files for name in not_sought(each)})


def _refuse(found: Iterable[str], *, what: str, hint: str) -> None:
    match list(found):
        case [first, *more]:
            raise BuildFailed(f"{what}: {first}", details=more, hint=hint)


def _found(
    place: Path, secrets: Iterable[Secret], workspace: Workspace, folder: Path
) -> Iterator[str]:
    for leak in leaks_in(place, secrets):
        staged = leak.file.is_relative_to(folder)
        shown = Path("build", leak.file.relative_to(folder)) if staged else leak.file
        yield f"{shown if staged else relpath(shown, workspace.root)} holds {leak.what}"


def _private(settings: Mapping[str, str], declared: frozenset[str]) -> dict[str, str]:
    return {n: v for n, v in settings.items() if not is_public(n, declared=declared)}


def _public_values(root: Path, declared: frozenset[str]) -> dict[str, str]:
    """The names of public settings, by what they make public."""
    settings = [*_files(root), os.environ]
    return {v: n for each in settings for n, v in each.items() if is_public(n, declared=declared)}


def _with_public_name(secret: Secret, public: Mapping[str, str]) -> str:
    other = public.get(secret.value)
    return f"{secret.name}, which {other} makes public" if other else secret.name


def _files(root: Path) -> Iterator[Mapping[str, str]]:
    """What `.env` says, and the files beside it that Vite reads too."""
    yield settings_in(root)
    for name in _FURTHER_FILES:
        with suppress(OSError, UnicodeDecodeError):
            values = dotenv_values(root / name)
            yield {key: value for key, value in values.items() if value is not None}
