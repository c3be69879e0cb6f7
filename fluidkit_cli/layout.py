"""The folder of a new workspace, and its files put in place, all or none."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from .errors import BadArgument, FluidkitError
from .templates import RenderedFile

_ANOTHER = "Take another name"


def located(path: Path) -> Path:
    """The absolute path of the folder that `path` names.

    Raises:
        BadArgument: it names none, or goes up again after it went down.
    """
    if path.name in ("", ".."):
        raise BadArgument(f'"{path}" names no folder', hint="Name it, as in fluidkit new myapp")
    ups = list(path.parts).count("..")
    if any(part != ".." for part in path.parts[:ups]):
        raise BadArgument(f'"{path}" goes up and down', hint="Write the way without ..")
    return path.absolute().resolve() if ups else path.absolute()


def check_vacant(root: Path) -> None:
    """Makes sure that `root` is free to be laid out.

    Raises:
        BadArgument: it is a file, a link, or a folder that is not empty, or can be none of them,
            or lies in a folder that does not exist.
    """
    try:
        _check_vacant(root)
    except OSError as error:
        raise BadArgument(f"{root} cannot be used: {error.strerror}", hint=_ANOTHER) from error


def _check_vacant(root: Path) -> None:
    if not root.parent.is_dir():
        raise BadArgument(f"There is no folder {root.parent}", hint="Make it, or check the path")
    if root.is_symlink():
        raise BadArgument(f"{root} is a link", hint="Name the folder that it leads to")
    if root.is_dir() and any(root.iterdir()):
        raise BadArgument(f"{root} is not empty", hint="Take another name, or an empty folder")
    with contextlib.suppress(FileNotFoundError):
        root.stat()  # which says what cannot be; since Python 3.14 `exists` only says no
        if not root.is_dir():
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
            _write(files, folder=staged)
            claim(staged)
            _move(staged, root)
    except OSError as error:
        check_vacant(root)
        raise _Unwritable(root, error) from error


def lay_out_missing(root: Path, files: Sequence[RenderedFile]) -> None:
    """Writes those of the files that are not there: whoever filled `root` was killed meanwhile.

    Raises:
        FluidkitError: the disk or its permissions do not allow it; no file is left half written.
    """
    missing = [file for file in files if not _is_taken(root, file.path)]
    try:
        with _staging_beside(root) as staged:
            _write(missing, folder=staged)
            for file in missing:
                target = root / PurePosixPath(file.path)
                target.parent.mkdir(parents=True, exist_ok=True)
                (staged / PurePosixPath(file.path)).rename(target)
    except OSError as error:
        raise _Unwritable(root, error) from error


class _Unwritable(FluidkitError):
    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(
            f"{path} could not be written: {error.strerror}",
            hint="Make room for it, or take another place",
        )


def _write(files: Iterable[RenderedFile], *, folder: Path) -> None:
    for file in files:
        target = folder / PurePosixPath(file.path)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.content)
        except OSError as error:
            # a full disk names no file
            raise _Unwritable(Path(folder.name, file.path), error) from error


def _is_taken(root: Path, path: str) -> bool:
    """Whether something is there, or on the way there a link, which may lead anywhere."""
    target = root / PurePosixPath(path)
    between = target.parents[: len(PurePosixPath(path).parts) - 1]
    return os.path.lexists(target) or any(folder.is_symlink() for folder in between)


@contextlib.contextmanager
def _staging_beside(root: Path) -> Iterator[Path]:
    """A new folder on the same disk, where a rename is one step; gone afterwards."""
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
