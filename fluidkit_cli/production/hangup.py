"""Whether the terminal that we were started in is gone.

A terminal that goes away sends SIGHUP, as do people who want new processes. A descriptor of it
tells the two apart: from then on it is none of a terminal.
"""

import contextlib
import os


class ControllingTerminal:
    """The one of our session, if that has any."""

    def __init__(self) -> None:
        self._descriptor: int | None = None
        with contextlib.suppress(OSError):
            self._descriptor = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC)

    def is_gone(self) -> bool:
        """There was one, and somebody has closed it."""
        return self._descriptor is not None and not os.isatty(self._descriptor)
