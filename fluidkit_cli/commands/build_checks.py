"""What `fluidkit build` looks at before the last build is replaced."""

import os
from collections.abc import Collection, Iterable, Sequence
from os.path import relpath
from pathlib import Path

from ..api import Api
from ..bundle.declared import project_name
from ..bundle.dependencies import Undeclared
from ..describe.absent import Absent
from ..describe.missing import how_to_install
from ..describe.remote import AppFailed, describe_alone
from ..errors import FluidkitError
from ..files import stale_files
from ..toolchain import find_python
from ..workspace import Workspace
from .outputs import Output

_MOST_NAMES = 5
_OPTIONAL = "What the app can do without, it imports within try … except ImportError"


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
        Undeclared: it needs one of those, if only in a function.
        BuildFailed: it does not import, or some routes are missing.
    """
    try:
        alone, absent = describe_alone(
            find_python(workspace), app=workspace.app, root=folder, hidden=hidden
        )
    except AppFailed as error:
        _refuse_absent(error.absent, workspace)
        raise _without_a_part(error, workspace, folder) from error
    _refuse_absent(absent, workspace)
    missing = sorted(_routes(api) - _routes(alone))
    if missing:
        raise BuildFailed(
            f"In build/ alone the app has no {missing[0]}",
            details=[f"nor {route}" for route in missing[1:]],
            hint="What makes these routes must lie in the package, and not look like a test",
        )


def _refuse_absent(absent: Sequence[Absent], workspace: Workspace) -> None:
    """All at once, those first that only have to be declared."""
    own = project_name(workspace.root)
    undeclared = [each for each in absent if each.distribution not in ("", own)]
    if undeclared:
        names = " ".join(sorted({each.distribution for each in undeclared}))
        raise Undeclared(
            f"{_imports(undeclared[0])} of the package {undeclared[0].distribution}, which is "
            "installed, but not among the dependencies in pyproject.toml",
            details=[f"{_imports(each)} of {each.distribution}" for each in undeclared[1:]],
            hint=f"Add a line for it, or: uv add {names}. {_OPTIONAL}",
        )
    for each in absent:
        first = each.module.partition(".")[0]
        is_own = any((workspace.root / name).exists() for name in (first, f"{first}.py"))
        if is_own or each.distribution:
            raise BuildFailed(
                f"{_imports(each)}, which is not in build/",
                hint=f"It must lie in {workspace.package}/, and not look like a test. {_OPTIONAL}",
            )
        raise BuildFailed(
            f"{_imports(each)}, which is not installed",
            hint=f"Install it: {how_to_install(first)}. {_OPTIONAL}",
        )


def _imports(absent: Absent) -> str:
    return f"{absent.file}:{absent.line} imports {absent.module}"


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
