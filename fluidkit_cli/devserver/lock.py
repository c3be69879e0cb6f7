"""One `fluidkit dev` per workspace, and one `fluidkit build`."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from ..errors import AlreadyRunning, FluidkitError


@contextlib.contextmanager
def locked(folder: Path, *, command: str = "dev", file: str = "lock") -> Iterator[None]:
    """Holds the workspace's lock for a command, which the system takes back however we end.

    Raises:
        AlreadyRunning: another process holds it.
        FluidkitError: nothing can be written there.
    """
    try:
        folder.mkdir(exist_ok=True)
        descriptor = os.open(folder / file, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise FluidkitError(
            f"{error.filename} cannot be written: {error.strerror}",
            hint="The workspace must be writable, by you",
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.pread(descriptor, 20, 0).decode().strip()
            raise AlreadyRunning(
                f"fluidkit {command} runs in this workspace already, as process {pid}",
                hint=f"Stop it with Ctrl-C in its terminal, or with: kill {pid}",
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
