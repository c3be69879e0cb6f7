"""Tells where an import stands that takes long, or never ends."""

import contextlib
import linecache
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from .library import installed

LONG_SECONDS = 5.0


@contextlib.contextmanager
def told_when_long(root: Path, *, say: Callable[[str], None]) -> Iterator[None]:
    """Says once, after LONG_SECONDS in the context, which line of the user's code is at work.

    By a signal, which a thread could not do as well: it would be forked along.
    """

    def due(_: int, frame: FrameType | None) -> None:
        say(f"The app has been importing for {LONG_SECONDS:g} s{_where(frame, root)}")

    before = signal.signal(signal.SIGALRM, due)
    signal.siginterrupt(signal.SIGALRM, False)  # what waits for the system goes on waiting
    signal.setitimer(signal.ITIMER_REAL, LONG_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _where(frame: FrameType | None, root: Path) -> str:
    """The innermost line of the user's; empty when that is not known."""
    while frame:
        file = frame.f_code.co_filename
        if Path(file).is_relative_to(root) and not file.startswith(installed()):
            place = f"{Path(file).relative_to(root).as_posix()}:{frame.f_lineno}"
            return f", and is at {place}: {linecache.getline(file, frame.f_lineno).strip()}"
        frame = frame.f_back
    return ""
