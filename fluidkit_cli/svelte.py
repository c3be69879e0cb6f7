"""Whether a folder belongs to a project that compiles Svelte 5."""

import json
import re
from pathlib import Path

_DEPENDENCIES = ("dependencies", "devDependencies", "peerDependencies")
_FIRST_WITH_RUNES = 5


def is_svelte_project(folder: Path) -> bool:
    """Whether the nearest `package.json`, in the folder or above, names Svelte 5 or newer.

    What is installed does not count, so that the answer is the same before and after it is. A
    range without a number (`latest`, `catalog:`) counts as the newest.
    """
    for parent in (folder, *folder.parents):
        file = parent / "package.json"
        if _is_file(file):
            wanted = _wanted_svelte(file)
            number = re.search(r"\d+", wanted or "")
            return wanted is not None and (not number or int(number[0]) >= _FIRST_WITH_RUNES)
    return False


def _is_file(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError:  # a folder that we may not read, or a name too long for the system
        return False


def _wanted_svelte(file: Path) -> str | None:
    try:
        package = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(package, dict):
        return None
    groups = [group for name in _DEPENDENCIES if isinstance(group := package.get(name), dict)]
    return next((str(group["svelte"]) for group in groups if "svelte" in group), None)
