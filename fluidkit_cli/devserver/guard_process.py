"""The supervisor's end of the guard."""

import contextlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from signal import SIGCONT, SIGKILL

from . import guard
from .process import Command, Process
from .system import is_stopped, members


class GuardProcess:
    """Keeps the guard informed of the process groups that must not outlive us.

    `terminal` is the note by which it restores the terminal, see `terminal_settings`, and `folder`
    what it removes at the end.
    """

    def __init__(
        self,
        *,
        environment: Mapping[str, str],
        terminal: str,
        start: Callable[[Command], Process],
        folder: Path | None = None,
    ) -> None:
        self._environment = environment
        self._terminal = terminal
        self._start = start
        self._folder = folder
        self._groups: set[int] = set()
        self._process: Process | None = None
        self._pipe = -1

    @property
    def pid(self) -> int:
        """0 while it does not run."""
        return self._process.pid if self._process else 0

    @property
    def is_stopped(self) -> bool:
        """Whether somebody has stopped it."""
        return is_stopped(self.pid)

    def start(self) -> None:
        """Starts it, and tells it all it has to know."""
        reading, self._pipe = os.pipe()
        os.set_blocking(self._pipe, False)
        arguments = guard.command(self._environment["FLUIDKIT_RUN"], reading, folder=self._folder)
        self._process = self._start(Command(arguments, Path("/"), self._environment, (reading,)))
        os.close(reading)
        if self._terminal:
            self._tell(f"terminal {self._terminal}")
        for group in sorted(self._groups):
            self._tell(f"add {group}")

    def add(self, group: int) -> None:
        """The group ends when we do."""
        self._groups.add(group)
        self._tell(f"add {group}")

    def drop(self, group: int) -> None:
        """The group has ended, and its number may be given to others."""
        self._groups.discard(group)
        self._tell(f"drop {group}")

    def ended(self) -> None:
        """Its process is gone."""
        self._process = None
        self._close_pipe()

    def close(self) -> None:
        """Makes it end whatever is left, and then itself. A stopped one must hear of it."""
        self._close_pipe()
        if self._process:
            self._process.signal(SIGCONT)

    def kill_others(self) -> None:
        """Ends at once what it would end with patience: all that is of the run, but itself."""
        for pid in members(self._environment["FLUIDKIT_RUN"]):
            if pid != self.pid:
                with contextlib.suppress(OSError):
                    os.kill(pid, SIGKILL)

    def kill(self) -> None:
        """Ends it."""
        if self._process:
            self._process.signal(SIGKILL)

    def _tell(self, line: str) -> None:
        with contextlib.suppress(OSError):  # it was killed, and is about to be started again
            os.write(self._pipe, f"{line}\n".encode())

    def _close_pipe(self) -> None:
        if self._pipe >= 0:
            os.close(self._pipe)
            self._pipe = -1
