"""The fork servers that run: one forks, another comes up, others end with their last worker."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import assert_never

from .channel import Channel
from .preload import read_learned, write_learned
from .process import Command, Process
from .protocol import Exited, Forked, ForkReport, Preloaded, Retire

EMBEDDED = Path(__file__).parents[1] / "embedded.py"

READY_SECONDS = 60.0
"""How long a fork server may take for what it imports."""


class Loss(Enum):
    """What the end of a process means."""

    NONE = "it was to end, or another one forks"
    FORK_SERVER = "nobody forks any more"
    UNREADY = "it never came to fork"


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """What the app's Python runs with. `learned` is the file that keeps what to preload."""

    python: Path
    root: Path
    listener: socket.socket
    environment: Mapping[str, str]
    learned: Path
    preload: tuple[str, ...] = ()

    def command(self, entry: str, descriptors: tuple[int, ...], *arguments: str) -> Command:
        """Runs that entry of ours, which gets the listening socket as its last descriptor."""
        inherited = (*descriptors, self.listener.fileno())
        program = (str(self.python), "-P", str(EMBEDDED), entry)
        numbers = map(str, inherited)
        words = (*program, *numbers, str(self.root), *arguments)
        return Command(words, self.root, self.environment, inherited)


@dataclass(slots=True, eq=False)
class ForkServer:
    """One of them."""

    process: Process
    channel: Channel
    ready: bool = False
    retired: bool = False


class ForkServers:
    """Starts them, learns what they should import, and ends them.

    `report` gets what they say about workers; `ready` is called when one has become the one that
    forks.
    """

    def __init__(
        self,
        settings: ApiSettings,
        *,
        start: Callable[[Command], Process],
        report: Callable[[Forked | Exited], None],
        ready: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._start_process = start
        self._report = report
        self._ready = ready
        self._loop = asyncio.get_running_loop()
        self._all: dict[int, ForkServer] = {}
        self.forking: ForkServer | None = None

    @property
    def gone(self) -> bool:
        """Whether none is left."""
        return not self._all

    def start(self) -> None:
        """Starts one, which takes over as soon as it is ready.

        Raises:
            OSError: the app's Python cannot be run.
        """
        settings = self._settings
        preload = read_learned(settings.learned).allowed(settings.preload)
        ours, theirs = socket.socketpair()
        with theirs, contextlib.ExitStack() as failed:
            failed.callback(ours.close)
            process = self._start_process(
                settings.command("forkserver", (theirs.fileno(),), str(settings.learned), *preload)
            )
            failed.pop_all()
        channel = Channel(ours, on_message=partial(self._reported, process.pid))
        self._all[process.pid] = ForkServer(process, channel)
        self._loop.call_later(READY_SECONDS, self._expect_ready, process.pid)

    def learn(self, modules: tuple[str, ...]) -> None:
        """Has the modules imported by a new one, if that is news."""
        known = read_learned(self._settings.learned)
        learned = known.with_modules(modules)
        if learned != known:
            write_learned(self._settings.learned, learned)
            with contextlib.suppress(OSError):  # the next one will know them
                self.start()

    def retire(self) -> None:
        """None of those that there are forks any more: what they have imported is out of date."""
        self.forking = None
        for fork_server in self._all.values():
            fork_server.retired = True
            if fork_server.ready:
                fork_server.channel.send(Retire())
            else:
                fork_server.process.signal(SIGKILL)

    def ended(self, pid: int) -> Loss:
        """The process ended. It need not be one of these."""
        found = self._all.pop(pid, None)
        if found is None:
            return Loss.NONE
        found.channel.close()
        if found is self.forking:
            self.forking = None
        if found.retired or self.forking:
            return Loss.NONE
        return Loss.FORK_SERVER if found.ready else Loss.UNREADY

    def lives(self, pid: int) -> bool:
        """Whether it is one of these."""
        return pid in self._all

    def kill(self, pid: int) -> None:
        """Ends it, if it is one of these, but none of its workers."""
        if found := self._all.get(pid):
            found.process.signal(SIGKILL)

    def close(self) -> None:
        """Ends all. Their workers have ended before."""
        for fork_server in self._all.values():
            fork_server.retired = True
            fork_server.channel.close()
            fork_server.process.signal(SIGTERM)

    def kill_all(self) -> None:
        """Ends all at once."""
        for pid in self._all:
            self.kill(pid)

    def _reported(self, pid: int, report: ForkReport) -> None:
        match report:
            case Preloaded(threaded=()):
                self._take_over(self._all[pid])
            case Preloaded():
                learned = read_learned(self._settings.learned).without(report.threaded)
                write_learned(self._settings.learned, learned)
                self._all[pid].retired = True
                with contextlib.suppress(OSError):
                    self.start()
            case Forked() | Exited():
                self._report(report)
            case _:
                assert_never(report)

    def _take_over(self, fork_server: ForkServer) -> None:
        fork_server.ready = True
        if fork_server.retired:
            return
        if self.forking:
            self.forking.retired = True
            self.forking.channel.send(Retire())
        self.forking = fork_server
        self._ready()

    def _expect_ready(self, pid: int) -> None:
        if pid in self._all and not self._all[pid].ready:
            self.kill(pid)
