"""What `build/` holds: the backend, the built front end, and what to install for them."""

import shutil
from collections.abc import Callable
from pathlib import Path

from ..errors import FluidkitError
from ..workspace import Workspace
from .backend import copy_backend
from .exchange import put_in_place, restore
from .readme import write_readme
from .requirements import MARK, REQUIREMENTS, write_requirements
from .site import copy_site


def bundle_folder(workspace: Workspace) -> Path:
    """Where `fluidkit build` leaves what `fluidkit start` runs."""
    return workspace.root / "build"


def check_replaceable(folder: Path) -> None:
    """Makes sure that nothing is lost when `folder` is replaced.

    Raises:
        FluidkitError: it holds something that no build of ours made.
    """
    try:
        ours = (folder / REQUIREMENTS).read_text(encoding="utf-8").startswith(MARK)
    except (OSError, UnicodeDecodeError):
        ours = False
    if not ours and folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise FluidkitError(
            f"{folder} is in the way, and fluidkit did not make it", hint="Move it elsewhere"
        )


def assemble(workspace: Workspace, *, site: Path, check: Callable[[Path], object]) -> Path:
    """Puts `build/` together from the workspace and the built front end `site`.

    It is put in place when it is complete and `check` has nothing against it: whatever fails before
    leaves the last good one.

    Raises:
        FluidkitError: a part is missing, or cannot be read or written.
    """
    folder, staged = bundle_folder(workspace), workspace.state / "build"
    try:
        restore(staged, folder)
        check_replaceable(folder)
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir(parents=True)
        copy_backend(workspace, staged)
        copy_site(workspace, site, folder=staged)
        shutil.copyfile(workspace.root / "pyproject.toml", staged / "pyproject.toml")
        python = write_requirements(workspace, staged)
        write_readme(workspace, staged, python=python)
        check(staged)
        put_in_place(staged, folder)
    except OSError as error:
        raise FluidkitError(
            f"build/ could not be put together: {_said(error)}",
            hint="The last build is untouched",
        ) from error
    finally:
        # what is left of one that failed only takes space
        shutil.rmtree(staged, ignore_errors=True)
    return folder


def _said(error: OSError) -> str:
    """The first of them, where many files could not be copied."""
    match error:
        case shutil.Error() if error.args and error.args[0]:
            *_, why = error.args[0][0]
            return str(why)
        case _:
            return str(error)
