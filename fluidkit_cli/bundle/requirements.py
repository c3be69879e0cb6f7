"""What to install where `build/` is deployed: what the project depends on, as it was tried."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ..errors import FluidkitError
from ..toolchain import find_python
from ..workspace import Workspace
from .declared import declared_in, indexes_of, without_password
from .distributions import Distribution, Source, installed_for, needed
from .wheels import packed

REQUIREMENTS = "requirements.txt"
MARK = "# Made by fluidkit build"
"""The first line of the requirements, by which a build of ours is known."""

_PACKAGES = "packages"


def write_requirements(workspace: Workspace, folder: Path) -> str:
    """Writes into `folder` what pip and uv need, with wheels of what no index has.

    It is for the version of Python that is returned. Constraints install nothing by themselves,
    and hold the versions with which it was built.

    Raises:
        FluidkitError: a local package cannot be built.
    """
    python = find_python(workspace)
    installed = installed_for(python)
    declared = declared_in(workspace.root)
    found = needed(installed, declared)
    sources = {name: each.source for name, each in found.items() if each.source}
    places = {
        name: _place(python, name, source, into=folder / _PACKAGES)
        for name, source in sources.items()
    }
    own = {canonicalize_name(each.name) for each in declared}
    further = [Requirement(name) for name in places if name not in own]
    version = installed.environment["python_version"]
    _write(
        folder / REQUIREMENTS,
        [
            *(MARK, f"# For Python {version}, with which it was tried", "-c constraints.txt"),
            *(f"--extra-index-url {each}" for each in indexes_of(workspace.root, found)),
            *(_line(each, places) for each in (*declared, *further)),
        ],
    )
    _write(folder / "constraints.txt", _pins(found))
    return version


def _pins(found: Mapping[str, Distribution]) -> list[str]:
    return [f"{each.name}=={each.version}" for each in found.values() if not each.source]


def _line(requirement: Requirement, places: Mapping[str, str]) -> str:
    """As the project asks for it, unless no index has it: then from where it came."""
    place = places.get(canonicalize_name(requirement.name))
    if place is None:
        return str(requirement)
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    if place.startswith("./"):
        return f"{place}{extras}{marker}"
    return f"{requirement.name}{extras} @ {place}{marker}"


def _place(python: Path, name: str, source: Source, *, into: Path) -> str:
    """A path within the folder, or an address that others reach too."""
    if not source.is_local:
        return _address(source)
    if source.tool:  # a clone has more than the commit that is installed
        raise FluidkitError(
            f"{name} comes from a repository on this machine: {source.url}",
            hint="Name it in pyproject.toml by an address that others reach, or by its folder",
        )
    return f"./{_PACKAGES}/{packed(python, source, into=into)}"


def _address(source: Source) -> str:
    address = without_password(source.url)
    if source.tool:
        address = f"{source.tool}+{address}@{source.commit}"
    part = f"subdirectory={source.subdirectory}" if source.subdirectory else ""
    return f"{address}{'&' if '#' in address else '#'}{part}" if part else address


def _write(file: Path, lines: Sequence[str]) -> None:
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
