"""What `build/` holds: the backend, the built front end, and what to install for them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import FluidkitError
from ..workspace import Workspace
from .backend import copy_backend
from .contents import write_list, written_since
from .exchange import put_in_place, restore
from .readme import write_readme
from .requirements import MARK, REQUIREMENTS, write_requirements
from .site import built_site, copy_site

_MOST_NAMES = 5


def bundle_folder(workspace: Workspace) -> Path:
    """Where `fluidkit build` leaves what `fluidkit start` runs."""
    return workspace.root / "build"


def check_replaceable(workspace: Workspace) -> None:
    """Makes sure that nothing is lost when `build/` is replaced.

    Raises:
        FluidkitError: it holds something that no build of ours made.
    """
    folder = bundle_folder(workspace)
    if folder.is_symlink():
        raise FluidkitError(
            f"{folder} is a link to {folder.readlink()}, and would be replaced by a folder",
            hint="Remove the link, and copy build/ where it should be when it is built",
        )
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not _is_ours(folder):
        raise FluidkitError(
            f"{folder} is in the way, and fluidkit did not make it", hint="Move it elsewhere"
        )
    if written := written_since(folder):
        more = [f"and {len(written) - _MOST_NAMES} more"] if len(written) > _MOST_NAMES else []
        raise FluidkitError(
            f"build/{written[0]} was written after the build, and would be lost",
            details=[*(f"so would build/{name}" for name in written[1:_MOST_NAMES]), *more],
            hint="Move it out of build/, which is made anew; what the app writes belongs elsewhere",
        )


def _is_ours(folder: Path) -> bool:
    try:
        return (folder / REQUIREMENTS).read_text(encoding="utf-8").startswith(MARK)
    except (OSError, UnicodeDecodeError):
        return False


@contextmanager
def staged(workspace: Workspace) -> Iterator[Path]:
    """A folder in which the next `build/` is put together; whatever fails leaves the last one.

    Raises:
        FluidkitError: something cannot be read or written.
    """
    folder = workspace.state / "build"
    try:
        restore(folder, bundle_folder(workspace))
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        yield folder
    except OSError as error:
        raise FluidkitError(
            f"build/ could not be put together: {_said(error)}",
            hint="The last build is untouched",
        ) from error
    finally:
        # what is left of one that failed only takes space
        shutil.rmtree(folder, ignore_errors=True)


def add_backend(workspace: Workspace, folder: Path) -> list[str]:
    """Puts the app into a staged folder, with all that says how to run it.

    Returns the databases that are left out.

    Raises:
        FluidkitError: a part is missing, or cannot be packed.
    """
    left_out = copy_backend(workspace, folder)
    shutil.copyfile(workspace.root / "pyproject.toml", folder / "pyproject.toml")
    python = write_requirements(workspace, folder)
    write_readme(workspace, folder, python=python)
    return left_out


def add_site(workspace: Workspace, folder: Path) -> None:
    """Puts the built front end into a staged folder.

    Raises:
        FluidkitError: it is not what the workspace's mode wants.
    """
    copy_site(workspace, built_site(workspace), folder=folder)


def replace_bundle(workspace: Workspace, folder: Path) -> None:
    """Makes a staged folder be `build/`."""
    check_replaceable(workspace)
    write_list(folder)
    put_in_place(folder, bundle_folder(workspace))


def _said(error: OSError) -> str:
    """The first of them, where many files could not be copied."""
    match error:
        case shutil.Error() if error.args and error.args[0]:
            *_, why = error.args[0][0]
            return str(why)
        case _:
            return str(error)
