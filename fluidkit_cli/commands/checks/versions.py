"""Whether what is installed is what was asked for, as far as a lower bound can say."""

import re
from collections.abc import Mapping

_LOWER = re.compile(r"\s*(?P<kind>>=|~=|\^|~)\s*(?P<version>\d+(?:\.\d+)*)\s*$")
"""The lower bounds that workspaces are made with: `>=0.115` of Python's, `^8.3.8` of npm's."""


def unmet(wanted: Mapping[str, str], installed: Mapping[str, str | None]) -> list[str]:
    """What is missing or too old, in words; a bound that is not understood is met by anything."""
    return [
        f"{name} {_said(installed.get(name), bound)}"
        for name, bound in wanted.items()
        if not _meets(installed.get(name), bound)
    ]


def numbers(version: str) -> tuple[int, ...]:
    """The release: (0, 115, 2) of `0.115.2rc1`."""
    found = re.match(r"v?(\d+(?:\.\d+)*)", version)
    return tuple(map(int, found[1].split("."))) if found else ()


def _meets(version: str | None, bound: str) -> bool:
    lower = _LOWER.match(bound)
    if version is None or lower is None:
        return version is not None
    release, least = numbers(version), numbers(lower["version"])
    is_same_major = lower["kind"] != "^" or release[:1] == least[:1]
    return release >= least and is_same_major


def _said(version: str | None, bound: str) -> str:
    return "is not installed" if version is None else f"is {version}, not {bound.strip()}"
