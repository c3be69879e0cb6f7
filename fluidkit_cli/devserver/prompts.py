"""Debuggers' prompts in a worker: each gets the terminal for as long as it stops.

Whatever is built on pdb, `breakpoint()` first of all, comes through here. The supervisor has the
terminal otherwise, and passes on to it what this process writes.
"""

import contextlib
import os
import pdb
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from .protocol import Interrupted, Lent, Lines, Paused, PromptReport, Resumed, encode

MOST_ANSWER_BYTES = 4096

TWICE_SECONDS = 1.0
"""Ctrl-C is the debugger's business. A second one so soon after is meant for all of us."""

_STDIN, _STDOUT = 0, 1


def attend(supervisor: socket.socket, *, root: Path) -> None:
    """From now on, whoever stops at a prompt asks the supervisor for the terminal."""
    prompts = Prompts(supervisor)
    interact = pdb.Pdb.interaction

    def interaction(debugger: pdb.Pdb, frame: FrameType | None, *rest: Any) -> None:
        with prompts.terminal(_place(frame, root)) as lent:
            if lent:
                # Since Python 3.14, who quits what was begun inline ends the process.
                debugger.mode = None  # type: ignore[attr-defined]
                interact(debugger, frame, *rest)
            else:
                debugger.set_quit()

    pdb.Pdb.interaction = interaction  # type: ignore[method-assign, assignment]
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)  # the shell would not know who has stopped
    prompts.listen()


def _place(frame: FrameType | None, root: Path) -> str:
    if frame is None:
        return "an exception"
    file = Path(frame.f_code.co_filename)
    shown = file.relative_to(root) if file.is_relative_to(root) else file
    return f"{shown.as_posix()}:{frame.f_lineno}"


class Prompts:
    """One prompt at a time, of whichever thread; a fork of this process asks as its own."""

    def __init__(self, supervisor: socket.socket) -> None:
        self._supervisor = supervisor
        self._turn = threading.RLock()
        self._interrupted = float("-inf")
        self._interruptible = False

    def listen(self) -> None:
        """Ctrl-C interrupts what a prompt in the main thread does, and nothing else.

        No other thread can be interrupted in Python.
        """
        signal.signal(signal.SIGINT, self._interrupt)

    @contextlib.contextmanager
    def terminal(self, place: str) -> Iterator[bool]:
        """Whether standard input and output are the terminal now."""
        is_main = threading.current_thread() is threading.main_thread()
        with self._turn:
            path = self._ask(place)
            try:
                with _connected(path) as connected:
                    self._interruptible = is_main
                    yield connected
            finally:
                self._interruptible = False
                self._tell(Resumed())
                if is_main:
                    self.listen()  # pdb has set its own handler

    def _ask(self, place: str) -> str:
        """The path of the terminal; empty when there is none, or nobody to ask."""
        self._tell(Paused(place))
        lines = Lines()
        with contextlib.suppress(OSError):
            while data := self._supervisor.recv(MOST_ANSWER_BYTES):
                for answer in lines.feed(data):
                    assert isinstance(answer, Lent)
                    return answer.terminal
        return ""

    def _tell(self, report: PromptReport) -> None:
        with contextlib.suppress(OSError):  # the supervisor is gone, and the end is near
            self._supervisor.sendall(encode(report))

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        before, self._interrupted = self._interrupted, time.monotonic()
        if self._interrupted - before < TWICE_SECONDS:
            self._tell(Interrupted())
        if self._interruptible:
            signal.default_int_handler(number, frame)


@contextlib.contextmanager
def _connected(path: str) -> Iterator[bool]:
    """Whether the terminal could be opened.

    As descriptors, so that Python reads from it with line editing, and older streams reach it too.
    """
    try:
        terminal = os.open(path, os.O_RDWR | os.O_NOCTTY)
    except OSError:  # there is none, or it is gone
        yield False
        return
    kept = {descriptor: os.dup(descriptor) for descriptor in (_STDIN, _STDOUT)}
    try:
        for descriptor in kept:
            os.dup2(terminal, descriptor)
        yield True
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
        for descriptor, copy in kept.items():
            os.dup2(copy, descriptor)
            os.close(copy)
        os.close(terminal)
