"""A terminal's settings: noted at the start, restored after a kill that nobody could catch.

The guard loads this module: it imports nothing but the standard library.
"""

import contextlib
import json
import os
import termios
from collections.abc import Collection


def noted(descriptor: int) -> str:
    """The terminal's path, our process group and its settings as one text; empty without one."""
    if not os.isatty(descriptor):
        return ""
    *flags, characters = termios.tcgetattr(descriptor)
    texts = [c.decode("latin-1") if isinstance(c, bytes) else c for c in characters]
    return json.dumps([os.ttyname(descriptor), os.getpgrp(), [*flags, texts]])


def restore(note: str, *, groups: Collection[int]) -> None:
    """Undoes what a killed supervisor, or one of these groups, had changed.

    Nothing happens when somebody else is in the foreground, as a shell is as soon as it has seen
    the end of its job: it has made settings of its own. The terminal may be gone as well.
    """
    path, group, (*flags, texts) = json.loads(note)
    characters = [t.encode("latin-1") if isinstance(t, str) else t for t in texts]
    with contextlib.suppress(OSError, termios.error):
        descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY)
        with contextlib.closing(os.fdopen(descriptor, "rb", buffering=0)):
            if _foreground(descriptor) in {0, group, *groups}:
                termios.tcsetattr(descriptor, termios.TCSANOW, [*flags, characters])


def _foreground(descriptor: int) -> int:
    """0 when the terminal is nobody's: who led its session has ended."""
    try:
        return os.tcgetpgrp(descriptor)
    except OSError:
        return 0
