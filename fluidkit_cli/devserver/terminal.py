"""Writes to the terminal from a thread, so that a reader who stops reading never stops us."""

import contextlib
import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

MOST_WAITING = 10_000
"""Lines; what comes while so many wait is left out, and counted."""

CLOSE_SECONDS = 0.5

Style = Literal["say", "warn", "error", "api", "web", "guard"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line and the voice it is said in: one of ours, or that of a server."""

    text: str
    style: Style


class Terminal:
    """Hands lines to `write`, in order."""

    def __init__(self, write: Callable[[Line], None]) -> None:
        self._write = write
        self._waiting: deque[Line] = deque()
        self._left_out = 0
        self._changed = threading.Condition()
        self._closing = False
        self._held = False
        self._thread = threading.Thread(target=self._run, name="terminal", daemon=True)
        self._thread.start()

    def put(self, text: str, style: Style = "say") -> None:
        """Returns at once."""
        with self._changed:
            if len(self._waiting) < MOST_WAITING:
                self._waiting.append(Line(text, style))
                self._changed.notify()
            else:
                self._left_out += 1

    def hold(self, held: bool) -> None:
        """Whether lines wait, as somebody else has the terminal."""
        with self._changed:
            self._held = held
            self._changed.notify()

    def close(self) -> bool:
        """Whether all has been written: a reader that does not read is not waited for."""
        with self._changed:
            self._closing = True
            self._held = False
            self._changed.notify()
        self._thread.join(CLOSE_SECONDS)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while line := self._next():
                self._write(line)
        except (OSError, SystemExit):  # rich exits when its pipe is broken
            self._go_on_quietly()

    def _next(self) -> Line | None:
        with self._changed:
            while self._held or not self._waiting:
                if self._closing:
                    return None
                self._changed.wait()
            if self._left_out and len(self._waiting) < MOST_WAITING // 2:
                left_out, self._left_out = self._left_out, 0
                return Line(f"{left_out} lines were left out", "warn")
            return self._waiting.popleft()

    def _go_on_quietly(self) -> None:
        """Nobody reads any more; Python itself would complain about it at its end."""
        nothing = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                os.dup2(nothing, stream.fileno())
        os.close(nothing)
        while self._next():
            pass
