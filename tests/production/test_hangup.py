"""A terminal that is closed ends what runs in it; SIGHUP of people's own does not."""

import os
import pty
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from running import processes_of, wait_for

from .supervised import arguments, lay_out_servers


class Terminal:
    """One of our own, in which a run goes on; `read` is what it has shown."""

    def __init__(self, folder: Path) -> None:
        self.run_id = f"hangup-{os.getpid()}-{folder.name}"
        self.shown = ""
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            command = arguments(folder, self.run_id, (1, 1))
            os.execvpe(command[0], command, {**os.environ, "TERM": "xterm", "COLUMNS": "80"})

    def shows(self, text: str) -> bool:
        os.set_blocking(self._master, False)
        with suppress(BlockingIOError):
            self.shown += os.read(self._master, 65536).decode(errors="replace")
        return text in self.shown

    def close(self) -> None:
        if self._master >= 0:
            os.close(self._master)
        self._master = -1


@contextmanager
def opened(folder: Path) -> Iterator[Terminal]:
    lay_out_servers(folder)
    terminal = Terminal(folder)
    try:
        wait_for(lambda: terminal.shows("restarts one by one"))
        yield terminal
    finally:
        terminal.close()
        wait_for(lambda: processes_of(terminal.run_id) == [])


def test_closing_the_terminal_ends_all(tmp_path: Path) -> None:
    with opened(tmp_path) as terminal:
        terminal.close()
        _, status = os.waitpid(terminal.pid, 0)
        assert os.waitstatus_to_exitcode(status) == 128 + signal.SIGHUP
        assert processes_of(terminal.run_id) == []


def test_sighup_in_a_terminal_that_is_there_restarts(tmp_path: Path) -> None:
    with opened(tmp_path) as terminal:
        os.kill(terminal.pid, signal.SIGHUP)
        wait_for(lambda: terminal.shows("restarted 2 processes"))
        os.kill(terminal.pid, signal.SIGINT)
        _, status = os.waitpid(terminal.pid, 0)
        assert os.waitstatus_to_exitcode(status) == 130
