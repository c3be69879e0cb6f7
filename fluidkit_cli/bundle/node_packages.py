"""npm packages that are not built into the front end: they are deployed as they are installed."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import FluidkitError

_IN_MODULES = re.compile(r".*/node_modules/((?:@[^/]+/)?[^/]+)/")
_NEEDED = ("dependencies", "optionalDependencies", "peerDependencies")
_NATIVE = ("bindings", "node-gyp-build", "prebuild-install", "node-addon-api")
"""Packages by which others find or build their native code."""


class NativeCode(FluidkitError):
    """A package was built in that finds its native code beside itself only."""


def copy_package(name: str, *, frontend: Path, modules: Path) -> bool:
    """Copies an installed package, with all that it needs in turn, into a `node_modules`.

    Packages keep the version that each of them sees. False where it is not installed.
    """
    source = _installed(name, seen_from=frontend)
    if source is None:
        return False
    _put(source, modules / name)
    _complete(modules / name, source, modules)
    return True


def check_native_code(site: Path, *, frontend: Path) -> None:
    """Makes sure that no package with native code was built in, as far as source maps tell.

    Raises:
        NativeCode: one was.
    """
    for name in sorted(_built_in(site)):
        package = _installed(name, seen_from=frontend)
        if package and _is_native(package):
            raise NativeCode(
                f"The package {name} has native code, which cannot be built into the front end",
                hint="Move it from devDependencies to dependencies in package.json: those are"
                " deployed as they are installed",
            )


def dependencies(frontend: Path) -> list[str]:
    """The names of what a front end asks for at run time."""
    return sorted(_manifest(frontend).get("dependencies") or ())


def _complete(target: Path, source: Path, modules: Path) -> None:
    """Copies what `source` needs to where `target` sees it, and nobody else something else.

    What a package needs itself comes before what those need: it hides what lies further out.
    """
    put: list[tuple[Path, Path]] = []
    for name in _needed(source):
        wanted, seen = _installed(name, seen_from=source), _seen(name, target, modules)
        if wanted is None or (seen and _is_same(wanted, seen)):
            continue
        place = target / "node_modules" / name if seen else modules / name
        _put(wanted, place)
        put.append((place, wanted))
    for place, wanted in put:
        _complete(place, wanted, modules)


def _put(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("node_modules", ".*", "*.map"))


def _seen(name: str, target: Path, modules: Path) -> Path | None:
    """What a copied package finds of those that were copied."""
    for folder in (target, *target.parents):
        if (package := folder / "node_modules" / name).exists():
            return package
        if folder == modules.parent:
            return None
    return None


def _is_same(one: Path, other: Path) -> bool:
    return (one / "package.json").read_bytes() == (other / "package.json").read_bytes()


def _installed(name: str, *, seen_from: Path) -> Path | None:
    """As Node finds it, https://nodejs.org/api/modules.html#loading-from-node_modules-folders"""
    place = seen_from.resolve()
    for folder in (place, *place.parents):
        package = folder / "node_modules" / name
        if (package / "package.json").is_file():
            return package.resolve()
    return None


def _needed(package: Path) -> Iterator[str]:
    told = _manifest(package)
    for key in _NEEDED:
        yield from told.get(key) or ()


def _is_native(package: Path) -> bool:
    told = _manifest(package)
    has_tool = any(name in _NATIVE for name in _needed(package))
    return has_tool or bool(told.get("gypfile")) or any(package.rglob("*.node"))


def _manifest(package: Path) -> dict[str, Any]:
    try:
        told = json.loads((package / "package.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _built_in(site: Path) -> set[str]:
    """The packages that the server's own code was made from."""
    found: set[str] = set()
    for file in (site / "server").rglob("*.map"):
        sources = json.loads(file.read_text(encoding="utf-8")).get("sources", [])
        found |= {match[1] for match in map(_IN_MODULES.match, filter(None, sources)) if match}
    return found
