"""Where the clients of each Python module go: `backend.routes.admin.users` -> `admin/users`."""

import re
from collections.abc import Iterable

_LEADING = {"routes", "routers", "api"}
_UNPORTABLE = re.compile(r"[^A-Za-z0-9_-]")
# Windows opens these as devices, whatever their extension.
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)
_LONGEST_PART = 100


def module_paths(modules: Iterable[str], *, package: str) -> dict[str, str]:
    """A POSIX path without extension for each module, unlike all others on any file system.

    The app's own package is left out, and so is a leading `routes`, `routers` or `api` unless
    another module has that path.
    """
    whole = {module: _without_package(module, package) for module in sorted(set(modules))}
    short = {module: _without_leading(parts) for module, parts in whole.items()}
    wanted = [_path(parts).casefold() for parts in short.values()]
    paths: dict[str, str] = {}
    taken: set[str] = set()
    for module in sorted(whole, key=lambda module: (short[module] != whole[module], module)):
        clash = wanted.count(_path(short[module]).casefold()) > 1
        path = _path(whole[module] if clash else short[module])
        while path.casefold() in taken:
            path += "_"
        paths[module] = path
        taken.add(path.casefold())
    return paths


def _without_package(module: str, package: str) -> list[str]:
    first, *rest = [part for part in module.split(".") if part] or ["app"]
    return rest if first == package and rest else [first, *rest]


def _without_leading(parts: list[str]) -> list[str]:
    return parts[1:] if parts[0] in _LEADING and len(parts) > 1 else parts


def _path(parts: list[str]) -> str:
    return "/".join(_portable(part) for part in parts)


def _portable(part: str) -> str:
    name = _UNPORTABLE.sub("_", part)[:_LONGEST_PART]
    return f"{name}_" if _DEVICE.fullmatch(name) else name
