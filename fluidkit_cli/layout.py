"""The folder of a new workspace: its name, and its files put in place, all or none."""

import contextlib
import keyword
import os
import re
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from .errors import BadArgument, FluidkitError
from .templates import RenderedFile

_NAME = re.compile(r"[A-Za-z]([A-Za-z0-9._-]*[A-Za-z0-9])?")
"""https://packaging.python.org/en/latest/specifications/name-normalization/#name-format, less
those that start with a digit, which no Python module may."""

_ANOTHER = "Take another name"

_PART = "it is the name of a part of every workspace"
_NEEDED = "it depends on a package of that name"
_RESERVED = {
    **dict.fromkeys(("backend", "frontend", "tests", "build", "static"), _PART),
    **dict.fromkeys(
        ("starlette", "pydantic", "anyio", "websockets", "click", "h11", "idna"), _NEEDED
    ),
    **dict.fromkeys(keyword.kwlist, "it is a keyword of Python"),
    **dict.fromkeys(sys.stdlib_module_names, "Python has a module of that name"),
    "node_modules": "Vite takes all that lies in there for libraries",
}


def project_name(root: Path) -> str:
    """The name of the project that lives in the folder `root`: the folder's own.

    Raises:
        BadArgument: an installer would not take it, or something else goes by it.
    """
    name = root.name
    if not _NAME.fullmatch(name):
        raise BadArgument(
            f'"{name}" cannot be the name of a project',
            hint="Take ASCII letters, digits, - _ and . with a letter first and none of - _ . last",
        )
    if reason := _RESERVED.get(_normalised(name)):
        raise BadArgument(f'"{name}" cannot be the name of a project: {reason}', hint=_ANOTHER)
    return name


def check_installable(name: str, files: Sequence[RenderedFile]) -> None:
    """Makes sure that the project does not go by the name of what it depends on.

    Raises:
        BadArgument: it does; no installer would get any further.
    """
    [pyproject] = [file for file in files if file.path == "pyproject.toml"]
    project = tomllib.loads(pyproject.content.decode("utf-8"))
    needed = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {_normalised(re.split(r"[^A-Za-z0-9._-]", each)[0]) for each in needed}
    if _normalised(name) in names:
        raise BadArgument(f'"{name}" cannot be the name of a project: {_NEEDED}', hint=_ANOTHER)


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()


def check_vacant(root: Path) -> None:
    """Makes sure that `root` is free to be laid out.

    Raises:
        BadArgument: it is a file, or a folder that is not empty, or can be neither.
    """
    try:
        _check_vacant(root)
    except OSError as error:
        raise BadArgument(f"{root} cannot be used: {error.strerror}", hint=_ANOTHER) from error


def _check_vacant(root: Path) -> None:
    if root.is_dir() and any(root.iterdir()):
        raise BadArgument(f"{root} is not empty", hint="Take another name, or an empty folder")
    if not root.is_dir() and root.exists():
        raise BadArgument(f"{root} is a file", hint=_ANOTHER)


def lay_out(
    root: Path, files: Sequence[RenderedFile], *, claim: Callable[[Path], object] = lambda folder: 0
) -> None:
    """Puts the files in place from a folder beside `root`: whoever interrupts it leaves nothing.

    `claim` is called with the folder that is about to become `root`, before anybody can see it.

    Raises:
        BadArgument: somebody else filled `root` meanwhile.
        FluidkitError: the disk or its permissions do not allow it.
    """
    try:
        with _staging_beside(root) as staged:
            for file in files:
                target = staged / PurePosixPath(file.path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.content)
            claim(staged)
            _move(staged, root)
    except OSError as error:
        check_vacant(root)
        raise FluidkitError(
            f"{root} could not be written: {error.strerror}", hint="Take another place"
        ) from error


def lay_out_missing(root: Path, files: Sequence[RenderedFile]) -> None:
    """Writes those of the files that are not there: whoever filled `root` was killed meanwhile.

    Raises:
        FluidkitError: the disk or its permissions do not allow it; no file is left half written.
    """
    _remove_leftovers(root)
    for file in files:
        target = root / PurePosixPath(file.path)
        # a link, even to nothing, is somebody's
        if os.path.lexists(target):
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(target, file.content)
        except OSError as error:
            raise FluidkitError(
                f"{target} could not be written: {error.strerror}", hint="Make room for it"
            ) from error


def _write_whole(target: Path, content: bytes) -> None:
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_bytes(content)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def _staging_beside(root: Path) -> Iterator[Path]:
    """A new folder on the same disk, where a rename is one step; gone afterwards."""
    root.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(root)
    prefix = f".{root.name}-fluidkit-{os.getpid()}-"
    hidden = Path(tempfile.mkdtemp(prefix=prefix, dir=root.parent))
    try:
        # inside of it, since a temporary folder itself is closed to others
        staged = hidden / root.name
        staged.mkdir()
        yield staged
    finally:
        shutil.rmtree(hidden)


def _remove_leftovers(root: Path) -> None:
    """What those have left who were killed while they wrote."""
    for folder in root.parent.glob(f".{root.name}-fluidkit-*"):
        owner = folder.name.split("-")[-2]
        if owner.isdigit() and not _is_alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _move(staged: Path, root: Path) -> None:
    """An empty folder is filled, not replaced: somebody's shell may be in it."""
    if not root.exists():
        staged.rename(root)
        return
    moved: list[Path] = []
    try:
        check_vacant(root)
        # a folder first, and the same for all: of two that fill the same folder one fails at it
        for entry in sorted(staged.iterdir(), key=lambda entry: (entry.is_file(), entry.name)):
            moved.append(entry.rename(root / entry.name))
    except BaseException:
        for entry in moved:
            entry.rename(staged / entry.name)
        raise
