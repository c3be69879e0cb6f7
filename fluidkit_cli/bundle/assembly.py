"""What `build/` holds: the backend, the built front end, and what to install for them."""

import shutil
import subprocess
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..errors import FluidkitError
from ..toolchain import find_python
from ..workspace import Workspace
from .site import copy_site

_VERSIONS = """
from importlib.metadata import distributions
print(*sorted({f"{found.name.lower()}=={found.version}" for found in distributions()}), sep="\\n")
"""

_REQUIREMENTS = "requirements.txt"
_MARK = "# Made by fluidkit build"
"""The first line of the requirements, by which a build of ours is known."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A folder that was put together: how many files it holds, and their bytes."""

    folder: Path
    files: int
    size: int


def bundle_folder(workspace: Workspace) -> Path:
    """Where `fluidkit build` leaves what `fluidkit start` runs."""
    return workspace.root / "build"


def check_replaceable(folder: Path) -> None:
    """Makes sure that nothing is lost when `folder` is replaced.

    Raises:
        FluidkitError: it holds something that no build of ours made.
    """
    try:
        ours = (folder / _REQUIREMENTS).read_text(encoding="utf-8").startswith(_MARK)
    except (OSError, UnicodeDecodeError):
        ours = False
    if not ours and folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise FluidkitError(
            f"{folder} is in the way, and fluidkit did not make it", hint="Move it elsewhere"
        )


def assemble(workspace: Workspace, *, site: Path, check: Callable[[Path], object]) -> Bundle:
    """Puts `build/` together from the workspace and the built front end `site`.

    It is swapped in when it is complete and `check` has nothing against it: whatever fails before
    leaves the last good one.

    Raises:
        FluidkitError: a part is missing, or cannot be read or written.
    """
    check_replaceable(bundle_folder(workspace))
    staged = workspace.state / "build"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    try:
        _copy_backend(workspace, staged)
        copy_site(workspace, site, folder=staged)
        shutil.copy2(workspace.root / "pyproject.toml", staged)
        _pin(workspace, staged)
        check(staged)
        return _swap_in(staged, bundle_folder(workspace))
    except OSError as error:
        raise FluidkitError(
            f"build/ could not be put together: {error}", hint="The last build is untouched"
        ) from error


def _copy_backend(workspace: Workspace, staged: Path) -> None:
    """The app's package, or its one module."""
    package = workspace.root / workspace.package
    if package.is_dir():
        # hidden files are settings and editors' own
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
        shutil.copytree(package, staged / package.name, ignore=ignored)
    else:
        shutil.copy2(package.with_suffix(".py"), staged)


def _pin(workspace: Workspace, staged: Path) -> None:
    """Writes what the project depends on, in the versions that it was built and tried with.

    Constraints install nothing by themselves, so the tools of development stay out.
    """
    text = (workspace.root / "pyproject.toml").read_text(encoding="utf-8")
    needed = tomllib.loads(text).get("project", {}).get("dependencies", [])
    lines = [_MARK, "-c constraints.txt", *needed]
    (staged / _REQUIREMENTS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    # -I: what is installed, and not what happens to lie in the current folder
    run = subprocess.run(
        [find_python(workspace), "-I", "-c", _VERSIONS],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if run.returncode:
        raise FluidkitError(
            "The installed Python packages could not be listed", hint=run.stderr.strip()
        )
    (staged / "constraints.txt").write_text(run.stdout, encoding="utf-8")


def _swap_in(staged: Path, folder: Path) -> Bundle:
    files = [file for file in staged.rglob("*") if file.is_file()]
    bundle = Bundle(folder, files=len(files), size=sum(file.stat().st_size for file in files))
    last = staged.with_name("last-build")
    shutil.rmtree(last, ignore_errors=True)
    if folder.exists():
        folder.rename(last)
    try:
        staged.rename(folder)
    except OSError:
        last.rename(folder)
        raise
    shutil.rmtree(last, ignore_errors=True)
    return bundle
