"""What is said of a run: that it is ready, and what becomes of its processes."""

import os
from collections.abc import Sequence

from ..devserver.clock import Clock
from ..devserver.terminal import Terminal
from . import wording
from .plan import Plan
from .slot import Slot

_TICK_SECONDS = 1.0


class Report:
    """A banner in a terminal, a line in a log; from then on a line for all that happens."""

    def __init__(
        self, plan: Plan, slots: Sequence[Slot], *, screen: Terminal, timer: Clock
    ) -> None:
        self._plan = plan
        self._slots = slots
        self._screen = screen
        self._timer = timer
        self._began = timer.now()
        self._is_over = False

    def start(self) -> None:
        """Says that it takes a moment, and then how long it does."""
        self._draw()

    def stop(self) -> None:
        """Nobody waits any more for all to serve."""
        self._is_over = True
        self._screen.pass_on([], "say")

    def serves(self, slot: Slot) -> None:
        """A process has come to serve."""
        if self._is_over:
            self.note(wording.serves(slot.title, slot.pid))
        elif all(each.has_served for each in self._slots):
            self.stop()
            self._welcome()

    def note(self, text: str) -> None:
        """Says what happens."""
        self._screen.put(text, "note")

    def warn(self, text: str) -> None:
        """Says what is wrong and is mended."""
        self._screen.put(text, "warn")

    def error(self, text: str) -> None:
        """Says why it fails."""
        self._screen.put(text, "error")

    def _draw(self) -> None:
        if self._is_over:
            return
        serving = sum(slot.has_served for slot in self._slots)
        text = wording.starting(self._seconds, serving, of=len(self._slots))
        self._screen.pass_on([], "say", unfinished=text)
        self._timer.after(_TICK_SECONDS, self._draw)

    @property
    def _seconds(self) -> float:
        return self._timer.now() - self._began

    def _welcome(self) -> None:
        plan, look, state = self._plan, self._screen.look, wording.ready(self._seconds)
        if not look.keys:
            text = wording.runs_at(plan.name, plan.urls[0], details=plan.details, state=state)
            self._screen.put(text)
            return
        pids = [(slot.title, slot.pid) for slot in self._slots]
        what = f"{plan.name} · {plan.details}"
        details = (what, wording.pids(pids), wording.how_to_restart(os.getpid()))
        for line in wording.welcome(state, plan.urls, details=details, look=look):
            self._screen.put(line)
