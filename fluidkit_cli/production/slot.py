"""The place of one process: which one serves there, which one is to follow it, which one leaves."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import Literal

from ..devserver.backoff import Backoff
from ..devserver.clock import Clock
from ..devserver.process import Process

COMING_SECONDS = 60.0
"""How long a process that is to replace another one may take until it serves."""

ABORTING_SECONDS = 3.0
"""How long a process that hangs may take to say where."""

Outcome = Literal["crashed", "failed", "kept", "left"]
"""Of an end: the one that served did; one did before it served, and nobody serves; the same, and
the one that served goes on; one that was replaced is gone."""


class Slot:
    """A process serves as soon as it says so, and only then its predecessor is told to end.

    That one has `leaving_seconds`. `launch` starts a process from a folder; `release` is that of
    the last process that came to serve.
    """

    def __init__(
        self,
        title: str,
        *,
        launch: Callable[[Path], Process],
        timer: Clock,
        leaving_seconds: float,
    ) -> None:
        self.title = title
        self.backoff = Backoff(timer.now)
        self.release: Path | None = None
        self._launch = launch
        self._timer = timer
        self._leaving_seconds = leaving_seconds
        self._serving: Process | None = None
        self._coming: Process | None = None
        self._coming_from: Path | None = None
        self._leaving: list[Process] = []

    @property
    def pid(self) -> int:
        """Of the one that serves; 0 while none does."""
        return self._serving.pid if self._serving else 0

    @property
    def has_served(self) -> bool:
        """Whether a process ever did."""
        return self.release is not None

    @property
    def processes(self) -> Sequence[Process]:
        """All that have not ended."""
        return [*filter(None, (self._serving, self._coming)), *self._leaving]

    @property
    def is_empty(self) -> bool:
        """Whether no process serves, and none is to."""
        return not (self._serving or self._coming)

    @property
    def is_settled(self) -> bool:
        """Whether no process is on its way, to here or from here."""
        return not (self._coming or self._leaving)

    def has(self, pid: int) -> bool:
        """Whether it is the number of one of them."""
        return any(process.pid == pid for process in self.processes)

    def start(self, release: Path) -> None:
        """Starts a process that is to serve, in the place of one that has not come to do so yet.

        Raises OSError when that is not possible.
        """
        coming = self._launch(release)
        if self._coming:
            self._leaving.append(self._coming)
            self._coming.signal(SIGKILL)
        self._coming, self._coming_from = coming, release
        self.backoff.started()
        self._timer.after(COMING_SECONDS, partial(self._has_not_come, self._coming))

    def ready(self) -> None:
        """The one that was started serves."""
        self.release = self._coming_from
        replaced, self._serving, self._coming = self._serving, self._coming, None
        if replaced:
            self._leaving.append(replaced)
            replaced.signal(SIGTERM)
            self._timer.after(self._leaving_seconds, partial(self._has_not_left, replaced))

    def abort(self) -> None:
        """The one that serves hangs. It says where, as `faulthandler` does, and ends."""
        if process := self._serving:
            process.abort()
            self._timer.after(ABORTING_SECONDS, partial(self._has_not_aborted, process))

    def ended(self, pid: int) -> Outcome:
        """One of its processes has."""
        if leaving := [each for each in self._leaving if each.pid == pid]:
            self._leaving.remove(*leaving)
            return "left"
        if self._serving and self._serving.pid == pid:
            self._serving = None
            return "crashed"
        self._coming = None
        return "kept" if self._serving else "failed"

    def _has_not_come(self, process: Process) -> None:
        """Where nobody serves meanwhile, it may take as long as it takes."""
        if process is self._coming and self._serving:
            process.signal(SIGKILL)

    def _has_not_aborted(self, process: Process) -> None:
        if process in self.processes:
            process.signal(SIGKILL)

    def _has_not_left(self, process: Process) -> None:
        if process in self._leaving:
            process.signal(SIGKILL)
