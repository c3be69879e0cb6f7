"""What lies around a new workspace: other workspaces, which would take it for a part of theirs."""

import json
import tomllib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from .errors import BadArgument
from .workspace import PackageManager


class Enclosed(BadArgument):
    """The tools would install into the folder of somebody else's workspace."""

    def __init__(self, folder: Path, owner: Path, *, way_out: str) -> None:
        super().__init__(
            f"{folder} would belong to the workspace of {owner}",
            hint=f"Take a folder elsewhere, or {way_out}",
        )


def check_alone(root: Path, *, manager: PackageManager) -> None:
    """Makes sure that uv and the package manager will install into `root` itself.

    pnpm does, whatever it belongs to.

    Raises:
        Enclosed: the files above it name it as a member.
    """
    _check_uv(root)
    if manager != "pnpm":
        _check_npm(root / "frontend")


def _check_uv(root: Path) -> None:
    """The nearest one decides:
    https://docs.astral.sh/uv/concepts/projects/workspaces/#getting-started
    """
    for folder in root.parents:
        owner = folder / "pyproject.toml"
        workspace = _read(owner, tomllib.loads, "tool", "uv", "workspace")
        if not isinstance(workspace, dict):
            continue
        place = root.relative_to(folder)
        excluded = _names(_texts(workspace.get("exclude")), place)
        if _names(_texts(workspace.get("members")), place) and not excluded:
            raise Enclosed(root, owner, way_out=f'write exclude = ["{place}"] there')
        return


def _check_npm(frontend: Path) -> None:
    """https://docs.npmjs.com/cli/using-npm/workspaces, and bun reads the same."""
    for folder in frontend.parents:
        owner = folder / "package.json"
        workspaces = _read(owner, json.loads, "workspaces")
        if isinstance(workspaces, dict):
            workspaces = workspaces.get("packages")
        place = frontend.relative_to(folder)
        if _names(_texts(workspaces), place):
            raise Enclosed(frontend, owner, way_out=f'write "!{place}" there as the last one')


def _read(file: Path, parse: Callable[[str], Any], *keys: str) -> object:
    """What the file says under these keys; None if nothing, or if it is not ours to understand."""
    found: object = None
    with suppress(OSError, ValueError):
        found = parse(file.read_text(encoding="utf-8"))
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _names(patterns: Iterable[str], place: Path) -> bool:
    """Whether the last pattern that `place` matches is one without an exclamation mark."""
    named = False
    for pattern in patterns:
        path = pattern.removeprefix("!").removeprefix("./").strip("/")
        if _matches(place.parts, path.split("/")):
            named = not pattern.startswith("!")
    return named


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    if not pattern:
        return not parts
    first, rest = pattern[0], pattern[1:]
    if first == "**":
        return any(_matches(parts[count:], rest) for count in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], first) and _matches(parts[1:], rest)
