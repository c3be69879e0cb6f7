"""The folder of one run, which does not outlive it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from ..devserver.removal import remove


@contextmanager
def run_folder(parent: Path, run_id: str) -> Iterator[Path]:
    """Removed at the end; of a run that could not do that, when the next one begins.

    Where it cannot be made, whoever writes to it is told.
    """
    folder = parent / run_id
    with ExitStack() as stack:
        stack.callback(remove, folder)
        with suppress(OSError):
            parent.mkdir(parents=True, exist_ok=True)
            with _locked(parent):  # or a folder that is made just now would look abandoned
                _remove_abandoned(parent)
                folder.mkdir()
                stack.enter_context(_locked(folder))
        yield folder


def _remove_abandoned(parent: Path) -> None:
    for folder in parent.iterdir():
        with suppress(OSError), _locked(folder, fcntl.LOCK_NB):
            remove(folder)


@contextmanager
def _locked(folder: Path, how: int = 0) -> Iterator[None]:
    """The system takes the lock back however we end. Raises OSError when it is not to be had."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | how)
        yield
    finally:
        os.close(descriptor)
