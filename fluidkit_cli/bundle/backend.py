"""What is deployed of the backend: its code and its data, and nothing of those who write it."""

import re
import shutil
from collections.abc import Iterable
from os.path import relpath
from pathlib import Path

from ..errors import FluidkitError
from ..workspace import Workspace
from .leaks import holds_private_key

# hidden files are settings and editors' own
_IGNORED = shutil.ignore_patterns("__pycache__", "*.py[cod]", ".*", "node_modules", "conftest.py")
_TEST_FILE = re.compile(r"(test_.*|.*_test)\.py")
_TEST = re.compile(r"^\s*(async def|def|class) [tT]est", re.MULTILINE)


class PrivateKey(FluidkitError):
    """A file of the backend holds one."""


def copy_backend(workspace: Workspace, folder: Path) -> None:
    """Puts the app's package, or its one module, into a folder.

    Raises:
        PrivateKey: there is one in it.
    """
    package = workspace.root / workspace.package
    if not package.is_dir():
        shutil.copy2(package.with_suffix(".py"), folder)
        return

    def ignored(place: str, names: list[str]) -> set[str]:
        return {*_IGNORED(place, names), *_not_deployed(workspace, Path(place), names)}

    shutil.copytree(package, folder / package.name, ignore=ignored)
    for file in sorted((folder / package.name).rglob("*")):
        if file.is_file() and holds_private_key(file):
            raise PrivateKey(
                f"{relpath(file, folder)} holds a private key, which would be deployed",
                hint=f"Move it out of {workspace.package}/, and name its place in a setting",
            )


def _not_deployed(workspace: Workspace, place: Path, names: Iterable[str]) -> Iterable[str]:
    for name in names:
        path = place / name
        is_environment = (path / "pyvenv.cfg").is_file()
        if is_environment or path == workspace.frontend or _is_test(path):
            yield name


def _is_test(path: Path) -> bool:
    """By its name and by what is in it: a module may well be called test_results."""
    if path.is_dir():
        return path.name in ("test", "tests") and any(map(_is_test, path.iterdir()))
    return path.name == "conftest.py" or bool(
        _TEST_FILE.fullmatch(path.name)
        and _TEST.search(path.read_text(encoding="utf-8", errors="replace"))
    )
