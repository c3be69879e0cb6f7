"""Child processes: each in a group of its own, its output as messages, its end as a message."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .events import Ended, Post, ProcessName
from .output import Output


@dataclass(frozen=True, slots=True)
class Command:
    """What to run. `descriptors` are the only ones that the child inherits beside the standard."""

    arguments: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    descriptors: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Process:
    """A child that was started, and is the leader of its process group."""

    name: ProcessName
    pid: int

    def signal(self, number: int) -> None:
        """To the whole group. A stopped process hears of its end, too."""
        signal_group(self.pid, number)

    def abort(self) -> None:
        """It alone, also where it is stopped: what it has started may do without a core dump."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGABRT)
            os.kill(self.pid, signal.SIGCONT)


def signal_group(group: int, number: int) -> None:
    """Does nothing when the group is gone. Group 0 would be our own: no child's."""
    if not group:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        if number == signal.SIGTERM:
            os.killpg(group, signal.SIGCONT)


class Children:
    """Starts children and reaps them.

    Everything that ends is waited for, also what was left to us because its parent ended first:
    as process 1 of a container we would collect zombies otherwise.
    """

    def __init__(self, post: Post) -> None:
        self._post = post
        self._loop = asyncio.get_running_loop()
        self._running: dict[int, Process] = {}
        self._loop.add_signal_handler(signal.SIGCHLD, self._reap)

    def start(self, name: ProcessName, command: Command) -> Process:
        """Raises OSError when the command cannot be run."""
        child = subprocess.Popen(
            command.arguments,
            cwd=command.folder,
            env=dict(command.environment),
            pass_fds=command.descriptors,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        child.returncode = 0  # reaped here, not by Popen
        assert child.stdout
        process = Process(name, child.pid)
        self._running[child.pid] = process
        Output(os.dup(child.stdout.fileno()), name, self._post)
        child.stdout.close()
        return process

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG)) != (0, 0):
                pid, status = ended
                process = self._running.pop(pid, None)
                if process:
                    signal_group(pid, signal.SIGKILL)  # what it started and left behind
                    self._post(Ended(process.name, pid, os.waitstatus_to_exitcode(status)))
