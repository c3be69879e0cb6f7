"""What is deployed of the backend: its code and its data, and nothing of those who write it."""

import re
import shutil
from collections.abc import Iterable
from os.path import relpath
from pathlib import Path

from ..errors import FluidkitError
from ..repository import tracked_files
from ..workspace import Workspace
from .leaks import holds_private_key

# hidden files are settings and editors' own
_IGNORED = shutil.ignore_patterns(
    *("__pycache__", "*.py[cod]", ".*", "node_modules", "conftest.py"),
    *("*~", "#*#", "*.bak", "*.orig", "*.rej", "*.swp"),
)
_DATABASE = b"SQLite format 3\0"
_OF_DATABASE = re.compile(r"(.+)-(wal|shm|journal)")
_TEST_FILE = re.compile(r"(test_.*|.*_test)\.py")
_TEST = re.compile(r"^\s*(async def|def|class) [tT]est", re.MULTILINE)


class PrivateKey(FluidkitError):
    """A file of the backend holds one."""


def copy_backend(workspace: Workspace, folder: Path) -> list[str]:
    """Puts the app's package, or its one module, into a folder.

    A database of this machine is left out, unless git has it: their names are returned.

    Raises:
        PrivateKey: there is one in it.
        FluidkitError: it lies elsewhere.
    """
    package = _place(workspace)
    if package.is_file():
        shutil.copy2(package, folder)
        return []
    kept, databases = tracked_files(package), set[str]()

    def ignored(place: str, names: list[str]) -> set[str]:
        own = {*_IGNORED(place, names), *_not_deployed(workspace, Path(place), names)}
        local = {n for n in names if Path(place, n) not in kept and _is_database(Path(place, n))}
        databases.update(relpath(Path(place, name), workspace.root) for name in local - own)
        return own | local

    shutil.copytree(package, folder / package.name, ignore=ignored)
    for file in sorted((folder / package.name).rglob("*")):
        if file.is_file() and holds_private_key(file):
            raise PrivateKey(
                f"{relpath(file, folder)} holds a private key, which would be deployed",
                hint=f"Move it out of {workspace.package}/, and name its place in a setting",
            )
    return sorted(databases)


def _place(workspace: Workspace) -> Path:
    """https://packaging.python.org/en/latest/discussions/src-layout-vs-flat-layout/"""
    name = workspace.package
    for folder in (workspace.root, workspace.root / "src"):
        for place in (folder / name, folder / f"{name}.py"):
            if place.exists():
                return place
    raise FluidkitError(
        f"The app is {workspace.app}, and there is no {name} in {workspace.root}",
        hint="What is deployed must lie there, or in src/",
    )


def _not_deployed(workspace: Workspace, place: Path, names: Iterable[str]) -> Iterable[str]:
    for name in names:
        path = place / name
        is_environment = (path / "pyvenv.cfg").is_file()
        if is_environment or path == workspace.frontend or _is_test(path):
            yield name


def _is_database(path: Path) -> bool:
    """Also what SQLite keeps beside one."""
    if part := _OF_DATABASE.fullmatch(path.name):
        return _is_database(path.with_name(part[1]))
    if not path.is_file():
        return False
    with path.open("rb") as opened:
        return opened.read(len(_DATABASE)) == _DATABASE


def _is_test(path: Path) -> bool:
    """By its name and by what is in it: a module may well be called test_results."""
    if path.is_dir():
        return path.name in ("test", "tests") and any(map(_is_test, path.iterdir()))
    return path.name == "conftest.py" or bool(
        _TEST_FILE.fullmatch(path.name)
        and _TEST.search(path.read_text(encoding="utf-8", errors="replace"))
    )
