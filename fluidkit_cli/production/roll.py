"""A rolling restart: slot by slot a new process serves, and then the old one ends."""

from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from ..devserver.clock import Clock
from ..devserver.lines import Voice
from ..errors import FluidkitError
from . import wording
from .releases import Releases
from .slot import Slot

Put = Callable[[str, Voice], None]
"""Writes a line."""


class Roll:
    """It stops at the first new process that does not come to serve: the old ones go on then.

    The new ones are of the build as it is when it begins, the old ones stay of theirs.
    """

    def __init__(
        self, slots: Sequence[Slot], *, releases: Releases, timer: Clock, put: Put
    ) -> None:
        self._slots = slots
        self._releases = releases
        self._timer = timer
        self._put = put
        self._waiting: deque[Slot] = deque()
        self._slot: Slot | None = None
        self._release = Path()
        self._replaced = 0
        self._began = 0.0

    def begin(self) -> None:
        """Replaces them all, unless that goes on already or there is no build."""
        if self._slot:
            self._put(wording.ROLLS_ALREADY, "note")
            return
        try:
            self._release = self._releases.take()
        except FluidkitError as error:
            self._put(wording.not_restarted(error), "error")
            return
        self._put(wording.rolls(len(self._slots)), "note")
        self._waiting.extend(self._slots)
        self._replaced = 0
        self._began = self._timer.now()
        self._next()

    def moved(self, slot: Slot) -> None:
        """A process of the slot has come to serve, or an old one is gone: maybe that was all."""
        if slot is self._slot and slot.is_settled:
            self._replaced += 1
            self._next()

    def stop(self, slot: Slot, why: str) -> None:
        """The slot has no new process."""
        if slot is self._slot:
            self._slot = None
            self._waiting.clear()
            self._clean()
            self._put(wording.not_replaced(slot.title, why), "error")

    def _next(self) -> None:
        if self._waiting:
            self._slot = self._waiting.popleft()
            try:
                self._slot.start(self._release)
            except OSError as error:
                self.stop(self._slot, f"cannot be started ({error.strerror})")
            return
        self._slot = None
        self._clean()
        self._put(wording.rolled(self._replaced, self._timer.now() - self._began), "done")

    def _clean(self) -> None:
        self._releases.drop(but={slot.release for slot in self._slots})
