"""The terminal's keys: read one at a time while it is ours, lent to a debugger, given back."""

import asyncio
import contextlib
import os
import signal
import termios
from collections.abc import Callable, Iterator

from .events import Post, Pressed

QUIET_SECONDS = 0.05
"""A key is one that comes alone: what follows faster is pasted text or an escape sequence."""

LOOK_SECONDS = 1.0
"""A shell does not tell when it brings a running job to the foreground."""

READ_BYTES = 1024

_LOCAL_FLAGS, _CHARACTERS = 3, 6
"""Where `termios.tcgetattr` has them."""


class Keyboard:
    """Posts `Pressed` for each key, when `listens`.

    While a debugger has the terminal, `hold` has been called with True: our output waits.
    """

    def __init__(
        self, descriptor: int, *, listens: bool, post: Post, hold: Callable[[bool], None]
    ) -> None:
        self._descriptor = descriptor
        self._listens = listens
        self._post = post
        self._hold = hold
        self._loop = asyncio.get_running_loop()
        self._before: list[int | list[bytes | int]] | None = None
        self._borrower = 0
        self._lent: list[int | list[bytes | int]] = []
        self._typed = b""
        self._appointments: dict[Callable[[], None], asyncio.TimerHandle] = {}

    def start(self) -> None:
        """From now on, whenever we are in the foreground. Nothing happens without a terminal."""
        if not os.isatty(self._descriptor):
            return
        if self._listens:
            self._loop.add_signal_handler(signal.SIGCONT, self._look)
            self._listen_to_suspension()
            self._look()

    def stop(self) -> None:
        """Leaves the terminal as it was."""
        for appointment in self._appointments.values():
            appointment.cancel()
        if self._borrower:
            self.take_back()
        self._give_back()

    def lend(self, group: int) -> str:
        """The terminal's path, once it is in the hands of that process group; empty if it cannot.

        That is without a terminal, or while another job has it.
        """
        if self._borrower or not self._in_foreground():
            return ""
        self._give_back()
        try:
            os.tcsetpgrp(self._descriptor, group)
        except OSError:  # the group is gone
            self._take()
            return ""
        self._borrower = group
        self._lent = termios.tcgetattr(self._descriptor)
        self._hold(True)
        return os.ttyname(self._descriptor)

    def take_back(self) -> None:
        """Whoever had it needs it no more, or has ended. Nothing happens when it was not lent."""
        borrower, self._borrower = self._borrower, 0
        if not borrower:
            return
        with contextlib.suppress(OSError, termios.error):
            if os.tcgetpgrp(self._descriptor) == borrower:
                os.tcsetpgrp(self._descriptor, os.getpgrp())
                # a prompt that was killed has not put back what it changed
                termios.tcsetattr(self._descriptor, termios.TCSANOW, self._lent)
        self._hold(False)
        self._take()

    def _in_foreground(self) -> bool:
        try:
            return os.tcgetpgrp(self._descriptor) == os.getpgrp()
        except OSError:  # no terminal, or not that of our session
            return False

    def _look(self) -> None:
        """Takes the terminal when it is ours, and lets go of it when it is not any more."""
        self._after(LOOK_SECONDS, self._look)
        if self._borrower:
            return
        if self._in_foreground():
            self._take()
        elif self._before:
            self._loop.remove_reader(self._descriptor)
            self._before = None  # its settings are another's business now

    def _take(self) -> None:
        if not self._listens or self._before:
            return
        with contextlib.suppress(termios.error):
            before = termios.tcgetattr(self._descriptor)
            termios.tcsetattr(self._descriptor, termios.TCSANOW, _one_by_one(before))
            self._before = before
            self._loop.add_reader(self._descriptor, self._read)

    def _give_back(self) -> None:
        before, self._before = self._before, None
        if before:
            self._loop.remove_reader(self._descriptor)
            with contextlib.suppress(termios.error):  # the terminal is gone
                termios.tcsetattr(self._descriptor, termios.TCSANOW, before)

    def _listen_to_suspension(self) -> None:
        if signal.getsignal(signal.SIGTSTP) is not signal.SIG_IGN:
            self._loop.add_signal_handler(signal.SIGTSTP, self._suspend)

    def _suspend(self) -> None:
        """Ctrl-Z: stops us, and only us, here; the servers go on."""
        self._give_back()
        self._loop.remove_signal_handler(signal.SIGTSTP)
        os.kill(os.getpid(), signal.SIGTSTP)
        self._listen_to_suspension()
        self._look()

    def _read(self) -> None:
        try:
            data = os.read(self._descriptor, READ_BYTES)
        except OSError:  # another job has it
            data = b""
        if not data:
            self._loop.remove_reader(self._descriptor)
            self._before = None
            return
        self._typed = (self._typed + data)[:READ_BYTES]
        self._after(QUIET_SECONDS, self._tell)

    def _tell(self) -> None:
        typed, self._typed = self._typed, b""
        if key := key_of(typed):
            self._post(Pressed(key))

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        """The latest call counts."""
        if act in self._appointments:
            self._appointments[act].cancel()
        self._appointments[act] = self._loop.call_later(seconds, act)


def work_in_background() -> None:
    """Lets us write to the terminal, and set it, while another job has it, and never stops us."""
    for number in (signal.SIGTTOU, signal.SIGTTIN):
        signal.signal(number, signal.SIG_IGN)


def key_of(typed: bytes) -> str:
    """The key, in lower case, of what came at once; empty when that is more, or no letter."""
    text = typed.decode("ascii", "replace")
    return text.lower() if len(text) == 1 and (text.isalpha() or text == "\n") else ""


def _one_by_one(settings: list[int | list[bytes | int]]) -> list[int | list[bytes | int]]:
    """Keys come as they are pressed and are not shown; Ctrl-C and Ctrl-Z stay signals."""
    changed = list(settings)
    flags, characters = changed[_LOCAL_FLAGS], changed[_CHARACTERS]
    assert isinstance(flags, int)
    assert isinstance(characters, list)
    changed[_LOCAL_FLAGS] = flags & ~(termios.ICANON | termios.ECHO)
    changed[_CHARACTERS] = list(_with_single_reads(characters))
    return changed


def _with_single_reads(characters: list[bytes | int]) -> Iterator[bytes | int]:
    for index, character in enumerate(characters):
        match index:
            case termios.VMIN:
                yield 1
            case termios.VTIME:
                yield 0
            case _:
                yield character
