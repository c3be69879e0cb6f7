"""A rolling restart: slot by slot a new process serves, and then the old one ends."""

from collections import deque
from collections.abc import Callable, Sequence

from ..devserver.clock import Clock
from ..devserver.lines import Voice
from . import wording
from .slot import Slot

Put = Callable[[str, Voice], None]
"""Writes a line."""


class Roll:
    """It stops at the first new process that does not come to serve: the old ones go on then."""

    def __init__(self, timer: Clock, put: Put) -> None:
        self._timer = timer
        self._put = put
        self._waiting: deque[Slot] = deque()
        self._slot: Slot | None = None
        self._replaced = 0
        self._began = 0.0

    def begin(self, slots: Sequence[Slot]) -> None:
        """Replaces them all, unless that goes on already."""
        if self._slot:
            self._put(wording.ROLLS_ALREADY, "note")
            return
        self._put(wording.rolls(len(slots)), "note")
        self._waiting.extend(slots)
        self._replaced = 0
        self._began = self._timer.now()
        self._next()

    def served(self, slot: Slot) -> None:
        """A new process of the slot serves; where it has no predecessor, nobody is waited for."""
        if slot is self._slot and slot.is_settled:
            self.left(slot)

    def left(self, slot: Slot) -> None:
        """The slot's old process is gone."""
        if slot is self._slot:
            self._replaced += 1
            self._next()

    def stop(self, slot: Slot, why: str) -> None:
        """The slot has no new process."""
        if slot is self._slot:
            self._slot = None
            self._waiting.clear()
            self._put(wording.not_replaced(slot.title, why), "error")

    def _next(self) -> None:
        while self._waiting:
            self._slot = self._waiting.popleft()
            if not self._slot.pid:
                continue  # it crashed, and what comes to serve there is new
            try:
                self._slot.start()
            except OSError as error:
                self.stop(self._slot, f"cannot be started ({error.strerror})")
            return
        self._slot = None
        self._put(wording.rolled(self._replaced, self._timer.now() - self._began), "done")
