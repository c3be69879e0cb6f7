"""The name of a project: its folder's, if installers take it and nothing else goes by it."""

import importlib.metadata
import keyword
import re
import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from .errors import BadArgument
from .templates import RenderedFile

_NAME = re.compile(r"[A-Za-z]([A-Za-z0-9._-]*[A-Za-z0-9])?")
"""https://packaging.python.org/en/latest/specifications/name-normalization/#name-format, less
those that start with a digit, which no Python module may."""

_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)\s*(?:\[(?P<extras>[^]]*)\])?")
"""How a requirement begins:
https://packaging.python.org/en/latest/specifications/dependency-specifiers/#grammar"""

_EXTRA = re.compile(r"""\bextra\s*==\s*['"]([^'"]+)""")
"""The extra that alone brings a requirement."""

_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
"""What Windows opens as a device, whatever follows the dot."""

_PART = "it is the name of a part of every workspace"
_RESERVED = {
    **dict.fromkeys(("backend", "frontend", "tests", "build", "static"), _PART),
    **dict.fromkeys(keyword.kwlist, "it is a keyword of Python"),
    # `test` is one too, though Python does not list it
    **dict.fromkeys((*sys.stdlib_module_names, "test"), "Python has a module of that name"),
    "node_modules": "Vite takes all that lies in there for libraries",
}


def project_name(root: Path) -> str:
    """The name of the project that lives in the folder `root`: the folder's own.

    Raises:
        BadArgument: an installer would not take it, or something else goes by it.
    """
    name = root.name
    if not _NAME.fullmatch(name):
        raise BadArgument(
            f'"{name}" cannot be the name of a project',
            hint="Take ASCII letters, digits, - _ and . with a letter first and none of - _ . last",
        )
    if _DEVICE.fullmatch(name):
        raise _Taken(name, "Windows has a device of that name")
    if reason := _RESERVED.get(_normalised(name)):
        raise _Taken(name, reason)
    return name


def check_installable(name: str, files: Sequence[RenderedFile]) -> None:
    """Makes sure that the project does not go by the name of what it depends on.

    Raises:
        BadArgument: it does; no installer would get any further.
    """
    [pyproject] = [file for file in files if file.path == "pyproject.toml"]
    if _normalised(name) in _needed(requirements(pyproject.content)):
        raise _Taken(name, "it depends on a package of that name")


def requirements(pyproject: bytes) -> list[str]:
    """What the project and its group `dev` depend on.

    Read here because pip knows dependency groups only since 25.1.
    """
    project = tomllib.loads(pyproject.decode("utf-8"))
    return [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]


class _Taken(BadArgument):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f'"{name}" cannot be the name of a project: {reason}', hint="Take another name"
        )


def _needed(wanted: Iterable[str]) -> set[str]:
    """The packages that are wanted, and those that they need as far as they are installed here."""
    seen: set[tuple[str, str]] = set()
    left = [each for requirement in wanted for each in _with_extras(requirement)]
    while left:
        package = left.pop()
        if package not in seen:
            seen.add(package)
            left += _needs(*package)
    return {name for name, _ in seen}


def _needs(name: str, extra: str) -> list[tuple[str, str]]:
    """What a package needs by itself (`extra` is ""), or for one of its extras."""
    try:
        requirements = importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return []
    return [
        each
        for requirement in requirements
        if extra in (_EXTRA.findall(requirement) or [""])
        for each in _with_extras(requirement)
    ]


def _with_extras(requirement: str) -> list[tuple[str, str]]:
    """A package by itself, and with each of the extras that are asked for."""
    match = _REQUIREMENT.match(requirement)
    if match is None:
        return []
    name, extras = _normalised(match["name"]), (match["extras"] or "").split(",")
    return [(name, ""), *((name, extra.strip()) for extra in extras if extra.strip())]


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()
