"""The mark of a workspace that is not finished: who makes it, and with which options."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from .errors import BadArgument
from .templates import RenderedFile

_MARK = ".fluidkit/new.json"
"""Its folder belongs to the machine: git ignores it."""


def mark(options: Sequence[str]) -> RenderedFile:
    """The file that makes a workspace an unfinished one, begun with these options."""
    return RenderedFile(_MARK, json.dumps(options).encode("utf-8"))


def begun_with(root: Path) -> list[str] | None:
    """The options that `root` was begun with; None where nothing is to be finished."""
    try:
        options = json.loads((root / _MARK).read_bytes())
    except (OSError, ValueError):
        return None
    return [str(option) for option in options] if isinstance(options, list) else None


@contextlib.contextmanager
def held(root: Path) -> Iterator[None]:
    """Keeps all others from working on `root`, until we end, however that may be.

    Raises:
        BadArgument: another process holds it, or has just finished it.
    """
    try:
        descriptor = os.open(root / _MARK, os.O_RDWR)
    except FileNotFoundError:
        raise _Busy(root) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _Busy(root) from None
        if os.fstat(descriptor).st_nlink == 0:
            raise _Busy(root)
        yield
    finally:
        os.close(descriptor)


class _Busy(BadArgument):
    def __init__(self, root: Path) -> None:
        super().__init__(
            f"Another fluidkit new is at work in {root}",
            hint="Wait until it has ended, or take another name",
        )


def unmark(root: Path) -> None:
    """The workspace is finished."""
    file = root / _MARK
    file.unlink()
    with contextlib.suppress(OSError):  # something else lies there
        file.parent.rmdir()
