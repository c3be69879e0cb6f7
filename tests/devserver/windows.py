"""Terminals as a test sees them: what it types, what they show, and how they are left."""

import contextlib
import fcntl
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from pathlib import Path

from devserver.running import PROGRAMS, Dev, until

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")

LAUNCH = shlex.join([sys.executable, str(PROGRAMS / "launch.py")])


class Window:
    """A terminal of so many columns; `raw` is all that was written to it."""

    def __init__(self, columns: int = 80) -> None:
        self._parent, self.terminal = pty.openpty()
        self.resize(columns)
        self._parts: list[bytes] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def resize(self, columns: int) -> None:
        """As a person pulls at its edge."""
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))

    @property
    def raw(self) -> str:
        """So far."""
        return b"".join(self._parts).decode("utf-8", "replace")

    @property
    def shown(self) -> str:
        """Without colours."""
        return _COLOURS.sub("", self.raw)

    @property
    def settings(self) -> list[object]:
        """What `stty -g` says."""
        return list[object](termios.tcgetattr(self.terminal))

    @property
    def is_cooked(self) -> bool:
        """Whether it takes whole lines and shows what is typed."""
        flags = termios.tcgetattr(self.terminal)[3]
        assert isinstance(flags, int)
        return bool(flags & termios.ICANON and flags & termios.ECHO)

    def type(self, keys: bytes | str) -> None:
        """All at once."""
        os.write(self._parent, keys.encode() if isinstance(keys, str) else keys)

    def shows(self, text: str, *, times: int = 1, seconds: float = 20) -> None:
        """Waits for it."""
        until(lambda: self.shown.count(text) >= times, seconds)

    def close(self) -> None:
        """As a person does; returns when all has been read."""
        os.close(self.terminal)
        self._reader.join(5)
        os.close(self._parent)

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # how a terminal's end shows on Linux
            while part := os.read(self._parent, 65536):
                self._parts.append(part)


@contextlib.contextmanager
def window(columns: int = 80) -> Iterator[Window]:
    """Closed afterwards."""
    opened = Window(columns)
    try:
        yield opened
    finally:
        opened.close()


@contextlib.contextmanager
def in_window(root: Path, opened: Window, **environment: str) -> Iterator[Dev]:
    """The command as the one job of the terminal, ready."""
    dev = Dev(root, environment={"TERM": "xterm-256color", **environment})
    dev.environment.pop("COLUMNS", None)  # pytest's
    terminal = opened.terminal
    dev.run(["setsid", "--ctty"], stdin=terminal, stdout=terminal, stderr=terminal)
    try:
        yield dev.ready()
    finally:
        dev.end()


@contextlib.contextmanager
def shell(root: Path, opened: Window) -> Iterator[subprocess.Popen[bytes]]:
    """A shell with jobs, as people have it."""
    dev = Dev(root, environment={"TERM": "xterm-256color", "PS1": "$ "})
    process = subprocess.Popen(
        ["setsid", "--ctty", "bash", "--norc", "--noprofile", "-i"],
        cwd=root,
        env=dev.environment,
        stdin=opened.terminal,
        stdout=opened.terminal,
        stderr=opened.terminal,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
