"""Whether what is installed here is what will be installed where it is deployed."""

import shlex

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ..errors import FluidkitError
from ..toolchain import find_python
from ..workspace import Workspace
from .declared import declared_in
from .distributions import Installed, installed_for, needed

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
    declared = declared_in(workspace.root)
    for requirement in declared:
        _check_installed(requirement, installed)
    found = needed(installed, declared)
    for name in _ESSENTIAL:
        if name not in found:
            raise Undeclared(
                f"{name} is not among the dependencies in pyproject.toml, which are all that is "
                "installed where it is deployed",
                hint=f"Add a line for it, or: uv add {name}",
            )
    return frozenset(installed.distributions) - frozenset(found)


def _check_installed(requirement: Requirement, installed: Installed) -> None:
    if not installed.applies(requirement):
        return
    found = installed.distributions.get(canonicalize_name(requirement.name))
    if found and requirement.specifier.contains(found.version, prereleases=True):
        return
    raise NotInstalled(
        f'pyproject.toml asks for "{requirement}", '
        + (f"and the environment has {found.name} {found.version}" if found else "")
        + ("" if found else "which is not installed"),
        hint=f"Install it: uv sync, or pip install {shlex.quote(str(requirement))}",
    )
