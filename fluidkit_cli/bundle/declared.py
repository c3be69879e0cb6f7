"""What pyproject.toml says of the project's dependencies, and where they come from."""

import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ..errors import FluidkitError


def declared_in(root: Path) -> list[Requirement]:
    """The project's own dependencies, those of groups and extras not.

    Raises:
        FluidkitError: one cannot be understood.
    """
    return [_parsed(str(text)) for text in _read(root).get("project", {}).get("dependencies", [])]


def project_name(root: Path) -> str:
    """As indexes normalise it; empty where the project has none."""
    return canonicalize_name(str(_read(root).get("project", {}).get("name", "")))


def indexes_of(root: Path, names: Collection[str]) -> list[str]:
    """The addresses of the indexes that `[tool.uv.sources]` has for packages of these names.

    They come without a password: who installs from there has one of their own.
    """
    uv = _read(root).get("tool", {}).get("uv", {})
    addresses = {each.get("name"): each.get("url", "") for each in uv.get("index", [])}
    named = {
        index
        for name, sources in uv.get("sources", {}).items()
        if canonicalize_name(name) in names
        for index in _indexes(sources)
    }
    return sorted(without_password(addresses[name]) for name in named if addresses.get(name))


def without_password(address: str) -> str:
    """The same, with the name of a user where it is one of SSH."""
    scheme, place, *rest = urlsplit(address)
    user, _, host = place.rpartition("@")
    kept = f"{user.partition(':')[0]}@{host}" if user and scheme == "ssh" else host
    return urlunsplit((scheme, kept, *rest))


def _indexes(sources: object) -> Iterator[str]:
    """A package has one source, or one for each of several systems."""
    for each in sources if isinstance(sources, list) else [sources]:
        if isinstance(each, dict) and "index" in each:
            yield str(each["index"])


def _parsed(text: str) -> Requirement:
    try:
        return Requirement(text)
    except InvalidRequirement as error:
        what = str(error).partition("\n")[0]
        raise FluidkitError(
            f"pyproject.toml depends on {text!r}: {what}", hint="Mend it under [project]"
        ) from error


def _read(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
