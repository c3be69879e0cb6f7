"""What to install where `build/` is deployed: what the project depends on, as it was tried."""

import shlex
import tomllib
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ..errors import FluidkitError
from ..toolchain import find_python
from ..workspace import Workspace
from .distributions import Distribution, Installed, Source, installed_for, needed, parsed
from .wheels import packed

REQUIREMENTS = "requirements.txt"
MARK = "# Made by fluidkit build"
"""The first line of the requirements, by which a build of ours is known."""

_PACKAGES = "packages"
_ESSENTIAL = ("fastapi", "uvicorn")


class Undeclared(FluidkitError):
    """The project does not ask for something that it needs."""


class NotInstalled(FluidkitError):
    """The environment is not what the project asks for: what was tried is not what is deployed."""


def check_dependencies(workspace: Workspace) -> frozenset[str]:
    """The installed distributions that the project's dependencies do not bring.

    Raises:
        Undeclared: they do not bring FastAPI or uvicorn.
        NotInstalled: one of them is not installed, or in another version.
    """
    installed = installed_for(find_python(workspace))
    declared = _declared(workspace)
    for requirement in map(parsed, declared):
        _check_installed(requirement, installed)
    found = needed(installed, declared)
    for name in _ESSENTIAL:
        if name not in found:
            raise Undeclared(
                f"{name} is not among the dependencies in pyproject.toml, which are all that is "
                "installed where it is deployed",
                hint=f"Add it under [project]: uv add {name}",
            )
    return frozenset(installed.distributions) - frozenset(found)


def write_requirements(workspace: Workspace, folder: Path) -> str:
    """Writes into `folder` what pip and uv need, with wheels of what no index has.

    It is for the version of Python that is returned. Constraints install nothing by themselves,
    and hold the versions with which it was built.

    Raises:
        FluidkitError: a local package cannot be built.
    """
    installed = installed_for(find_python(workspace))
    declared = _declared(workspace)
    found = needed(installed, declared)
    for each in found.values():
        _check_source(each)
    local = {
        each.name: packed(find_python(workspace), each.source, into=folder / _PACKAGES)
        for each in found.values()
        if each.source and each.source.is_local
    }
    lines = [_line(parsed(text), found, local) for text in declared]
    named = {canonicalize_name(parsed(text).name) for text in declared}
    further = [
        _line(Requirement(each.name), found, local)
        for each in found.values()
        if each.source and each.name not in named
    ]
    version = installed.environment["python_version"]
    head = [MARK, f"# For Python {version}, with which it was tried", "-c constraints.txt"]
    pins = [f"{each.name}=={each.version}" for each in found.values() if not each.source]
    _write(folder / REQUIREMENTS, [*head, *lines, *further])
    _write(folder / "constraints.txt", pins)
    return version


def _declared(workspace: Workspace) -> list[str]:
    text = (workspace.root / "pyproject.toml").read_text(encoding="utf-8")
    declared = tomllib.loads(text).get("project", {}).get("dependencies", [])
    return [str(each) for each in declared]


def _check_installed(requirement: Requirement, installed: Installed) -> None:
    if not installed.applies(requirement):
        return
    found = installed.distributions.get(canonicalize_name(requirement.name))
    if found and requirement.specifier.contains(found.version, prereleases=True):
        return
    what = f"has {found.name} {found.version}" if found else "is not installed"
    raise NotInstalled(
        f'pyproject.toml asks for "{requirement}", '
        + (f"and the environment {what}" if found else f"which {what}"),
        hint=f"Install it: uv sync, or pip install {shlex.quote(str(requirement))}",
    )


def _line(requirement: Requirement, found: dict[str, Distribution], local: dict[str, str]) -> str:
    """As the project asks for it, unless no index has it: then from where it came."""
    name = canonicalize_name(requirement.name)
    source = found[name].source if name in found else None
    if source is None:
        return str(requirement)
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    if name in local:
        return f"./{_PACKAGES}/{local[name]}{extras}{marker}"
    return f"{requirement.name}{extras} @ {_address(source)}{marker}"


def _check_source(distribution: Distribution) -> None:
    """A clone has more than the commit that is installed, and others cannot reach it."""
    if distribution.source and distribution.source.is_local and distribution.source.tool:
        raise FluidkitError(
            f"{distribution.name} comes from a repository on this machine: "
            f"{distribution.source.url}",
            hint="Name it in pyproject.toml by an address that others reach, or by its folder",
        )


def _address(source: Source) -> str:
    """Without a password: who installs it has one of their own."""
    scheme, place, path, query, fragment = urlsplit(source.url)
    user, _, host = place.rpartition("@")
    place = f"{user}@{host}" if user and ":" not in user and scheme == "ssh" else host
    address = urlunsplit((scheme, place, path, query, fragment))
    if source.tool:
        address = f"{source.tool}+{address}@{source.commit}"
    part = f"subdirectory={source.subdirectory}" if source.subdirectory else ""
    return f"{address}{'&' if fragment else '#'}{part}" if part else address


def _write(file: Path, lines: Sequence[str]) -> None:
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
