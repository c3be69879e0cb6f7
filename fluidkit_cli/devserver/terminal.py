"""Writes to the terminal from a thread, so that a reader who stops reading never stops us."""

import contextlib
import os
import sys
import threading
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from .lines import CHILDREN, Line, Look, Spans, Voice
from .wording import left_out

MOST_WAITING = 50_000
"""Lines of children; what comes while so many wait is left out, and counted."""

MOST_WAITING_CHARACTERS = 8_000_000
"""The same for long lines."""

MOST_AT_ONCE = 500
MOST_CHARACTERS_AT_ONCE = 500_000
"""Of one write; between two of them others may change their minds."""

CLOSE_SECONDS = 0.5
HOLD_SECONDS = 0.2


class Paper(Protocol):
    """What is written on. `draw` shows an unfinished line, until `erase` takes it away."""

    def look(self) -> Look: ...
    def write(self, lines: Sequence[Line]) -> None: ...
    def draw(self, line: Line) -> None: ...
    def erase(self) -> None: ...


@dataclass(slots=True)
class _Gap:
    """How many lines of each child are left out here."""

    counts: Counter[str]


class Terminal:
    """Has lines written on `paper`, in order; the unfinished one stays below them."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        self._waiting: deque[Line | _Gap] = deque()
        self._lines = 0
        self._characters = 0
        self._unfinished: Line | None = None
        self._drawn: Line | None = None
        self._changed = threading.Condition()
        self._writes = False
        self._closing = False
        self._held = False
        self._thread = threading.Thread(target=self._run, name="terminal", daemon=True)
        self._thread.start()

    @property
    def look(self) -> Look:
        """What can be shown at the moment."""
        return self._paper.look()

    def put(self, text: str | Spans, voice: Voice = "say") -> None:
        """Returns at once."""
        with self._changed:
            self._put(Line(text, voice))
            self._changed.notify_all()

    def pass_on(self, lines: Sequence[str | Spans], voice: Voice, *, unfinished: str = "") -> None:
        """The same for what a child has written, and the line that it has begun."""
        with self._changed:
            for text in lines:
                self._put(Line(text, voice))
            if unfinished or (self._unfinished and self._unfinished.voice == voice):
                self._unfinished = Line(unfinished, voice) if unfinished else None
            self._changed.notify_all()

    def clear(self) -> None:
        """Empties the screen, in its turn."""
        self.put("", "clear")

    def hold(self, held: bool) -> None:
        """Whether lines wait, as somebody else has the terminal."""
        with self._changed:
            self._held = held
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._writes, HOLD_SECONDS if held else 0)

    def close(self) -> bool:
        """Whether all has been written: a reader that does not read is not waited for."""
        with self._changed:
            self._closing, self._held, self._unfinished = True, False, None
            self._changed.notify_all()
        self._thread.join(CLOSE_SECONDS)
        return not self._thread.is_alive()

    def _put(self, line: Line) -> None:
        full = self._lines >= MOST_WAITING or self._characters >= MOST_WAITING_CHARACTERS
        if full and line.voice in CHILDREN:
            self._leave_out(line.voice)
            return
        self._waiting.append(line)
        self._lines += 1
        self._characters += line.size

    def _leave_out(self, voice: Voice) -> None:
        last = self._waiting[-1] if self._waiting else None
        if not isinstance(last, _Gap):
            last = _Gap(Counter())
            self._waiting.append(last)
        last.counts[voice] += 1

    def _run(self) -> None:
        try:
            while self._next():
                pass
        except (OSError, SystemExit):  # rich exits when its pipe is broken
            self._go_on_quietly()

    def _next(self) -> bool:
        """Writes what waits, once; whether there may be more."""
        with self._changed:
            self._writes = False
            self._changed.notify_all()
            self._changed.wait_for(self._has_work)
            lines, unfinished = self._take(), self._unfinished
            self._writes = True
            if not lines and self._closing:
                unfinished = None
        self._write(lines, None if self._held else unfinished)
        return bool(lines) or not self._closing

    def _has_work(self) -> bool:
        if self._held:
            return self._drawn is not None
        return bool(self._waiting) or self._closing or self._unfinished is not self._drawn

    def _take(self) -> list[Line]:
        lines: list[Line] = []
        least = self._characters - MOST_CHARACTERS_AT_ONCE
        while self._waiting and not self._held:
            if len(lines) == MOST_AT_ONCE or self._characters < least:
                break
            line = self._waiting.popleft()
            if isinstance(line, _Gap):
                line = Line(left_out(line.counts), "warn")
            else:
                self._lines -= 1
                self._characters -= line.size
            lines.append(line)
        return lines

    def _write(self, lines: Sequence[Line], unfinished: Line | None) -> None:
        if self._drawn:
            self._paper.erase()
        if lines:
            self._paper.write(lines)
        if unfinished:
            self._paper.draw(unfinished)
        self._drawn = unfinished

    def _go_on_quietly(self) -> None:
        """Nobody reads any more; Python itself would complain about it at its end."""
        nothing = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                os.dup2(nothing, stream.fileno())
        os.close(nothing)
        self._paper = _Nothing()
        while self._next():
            pass


class _Nothing:
    def look(self) -> Look:
        return Look()

    def write(self, lines: Sequence[Line]) -> None: ...
    def draw(self, line: Line) -> None: ...
    def erase(self) -> None: ...
