"""What is installed for the app's Python, and what of it the project asks for."""

import contextlib
import json
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from .. import embedded
from ..errors import FluidkitError

_TIME_LIMIT = 60.0  # seconds; a folder of thousands of packages on a slow disk takes some


@dataclass(frozen=True, slots=True)
class Source:
    """Where a distribution came from that no index has.

    `commit` is that of a repository, which `tool` clones. A file or a folder has neither.
    """

    url: str
    tool: str = ""
    commit: str = ""
    subdirectory: str = ""

    @property
    def is_local(self) -> bool:
        return self.url.startswith("file:")


@dataclass(frozen=True, slots=True)
class Distribution:
    """A package as pip and uv install it. `name` is normalised."""

    name: str
    version: str
    requires: tuple[str, ...] = ()
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Installed:
    """All distributions of a Python by their names, and what it tells to markers."""

    distributions: Mapping[str, Distribution]
    environment: Mapping[str, str]

    def applies(self, requirement: Requirement, *, extras: Iterable[str] = ()) -> bool:
        """Whether its marker, if any, holds here, with one of the extras that are wanted."""
        marker = requirement.marker
        return marker is None or any(
            marker.evaluate({**self.environment, "extra": extra}) for extra in ("", *extras)
        )


def installed_for(python: Path) -> Installed:
    """What that Python has, without what lies in the current folder or in PYTHONPATH.

    Raises:
        FluidkitError: it does not say.
    """
    with tempfile.TemporaryDirectory(prefix="fluidkit-") as folder:
        result = Path(folder, "installed.json")
        try:
            run = subprocess.run(
                [python, "-I", embedded.__file__, "installed", result],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=_TIME_LIMIT,
                check=False,
            )
            told = json.loads(result.read_text(encoding="utf-8"))
        except subprocess.TimeoutExpired as error:
            raise _NotListed(f"more than {_TIME_LIMIT:.0f} seconds") from error
        except (OSError, ValueError) as error:
            raise _NotListed(run.stderr.strip().rpartition("\n")[2]) from error
    return Installed(_by_name(told["distributions"]), told["environment"])


def needed(installed: Installed, requirements: Iterable[Requirement]) -> dict[str, Distribution]:
    """What `requirements` bring with all that they need in turn, sorted; what is not there not."""
    open_ends = list(_wanted(installed, requirements, ()))
    seen: set[tuple[str, str]] = set()
    while open_ends:
        name, extra = open_ends.pop()
        if (name, extra) in seen or name not in installed.distributions:
            continue
        seen.add((name, extra))
        own = _understood(installed.distributions[name].requires)
        open_ends += _wanted(installed, own, (extra,))
    return {name: installed.distributions[name] for name in sorted({name for name, _ in seen})}


class _NotListed(FluidkitError):
    def __init__(self, why: str) -> None:
        super().__init__("The installed Python packages could not be listed", hint=why)


def _by_name(told: list[Mapping[str, object]]) -> dict[str, Distribution]:
    """The first of a name is the one that is imported."""
    found: dict[str, Distribution] = {}
    for each in told:
        name = canonicalize_name(str(each["name"]))
        requires = each["requires"]
        assert isinstance(requires, list)
        made = Distribution(name, str(each["version"]), tuple(requires), _source(each["source"]))
        found.setdefault(name, made)
    return found


def _source(told: object) -> Source | None:
    """https://packaging.python.org/en/latest/specifications/direct-url-data-structure/"""
    if not isinstance(told, dict):
        return None
    repository = told.get("vcs_info", {})
    return Source(
        told["url"],
        repository.get("vcs", ""),
        repository.get("commit_id", ""),
        told.get("subdirectory", ""),
    )


def _understood(requires: Iterable[str]) -> Iterator[Requirement]:
    """Old metadata have some that nobody understands any more."""
    for text in requires:
        with contextlib.suppress(InvalidRequirement):
            yield Requirement(text)


def _wanted(
    installed: Installed, requirements: Iterable[Requirement], extras: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """The names that apply, each with no extra and with every extra of its own."""
    for requirement in requirements:
        if installed.applies(requirement, extras=extras):
            name = canonicalize_name(requirement.name)
            yield from ((name, extra) for extra in ("", *requirement.extras))
