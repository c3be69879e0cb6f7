"""The supervisor's view of the fork server and its workers."""

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGTERM
from typing import assert_never

from .channel import Channel, Document
from .events import Ended, Post, WorkerDescribed, WorkerEnded, WorkerForked, WorkerReported
from .library import Library
from .preload import read_learned, write_learned
from .process import Command, Process, signal_group
from .protocol import (
    Exited,
    Explain,
    Fork,
    Forked,
    ForkReport,
    Preloaded,
    Retire,
    Stop,
    WorkerCommand,
    WorkerReport,
)

EMBEDDED = Path(__file__).parents[1] / "embedded.py"


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """What a fork server runs with. `learned` is the file that keeps what to preload."""

    python: Path
    root: Path
    listener: socket.socket
    environment: Mapping[str, str]
    learned: Path
    preload: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class _ForkServer:
    process: Process
    channel: Channel
    library: Library | None = None
    retired: bool = False


@dataclass(slots=True, eq=False)
class _Worker:
    fork_server: _ForkServer
    channel: Channel
    pid: int = 0
    killed: bool = False
    silent: bool = False


class ApiServer:
    """Starts fork servers, and through them workers.

    A new fork server takes over when it is ready; an old one ends with its last worker. Workers
    that are asked for before one is ready are forked then. When packages have been installed, a new
    one imports them.
    """

    def __init__(
        self, settings: ApiSettings, *, start: Callable[[Command], Process], post: Post
    ) -> None:
        self._settings = settings
        self._start_process = start
        self._post = post
        self._fork_servers: dict[int, _ForkServer] = {}
        self._forking: _ForkServer | None = None
        self._waiting: list[Fork | Explain] = []
        self._workers: dict[int, _Worker] = {}

    def start(self) -> None:
        """Starts a fork server."""
        ours, theirs = socket.socketpair()
        descriptors = (theirs.fileno(), self._settings.listener.fileno())
        process = self._start_process(self._command(descriptors))
        theirs.close()
        channel = Channel(ours, on_message=partial(self._fork_reported, process.pid))
        self._fork_servers[process.pid] = _ForkServer(process, channel)

    def fork(self, command: Fork | Explain) -> None:
        """Starts a worker, now or as soon as a fork server is ready."""
        if self._forking and self._forking.library and self._forking.library.outdated:
            self._retire()
            self.start()
        if self._forking is None:
            self._waiting.append(command)
            return
        control, control_end = socket.socketpair()
        description, description_end = os.pipe()
        worker = command.worker
        channel = Channel(
            control,
            on_message=partial(self._reported, worker),
            on_end=partial(self._went_silent, worker),
        )
        self._workers[worker] = _Worker(self._forking, channel)
        Document(description, on_end=lambda api: self._post(WorkerDescribed(worker, api)))
        self._forking.channel.send(command, descriptors=(control_end.fileno(), description_end))
        control_end.close()
        os.close(description_end)

    def send(self, worker: int, command: WorkerCommand) -> None:
        """Tells the worker; nothing happens when it is gone. A stopped one must hear of its end."""
        found = self._workers.get(worker)
        if found:
            found.channel.send(command)
            if isinstance(command, Stop):
                signal_group(found.pid, SIGCONT)

    def kill(self, worker: int) -> None:
        """Ends the worker and what it started, at once."""
        waiting = [command for command in self._waiting if command.worker == worker]
        for command in waiting:
            self._waiting.remove(command)
            self._post(WorkerEnded(worker, None))
        if found := self._workers.get(worker):
            found.killed = True
            if found.pid:
                signal_group(found.pid, SIGKILL)

    def learn(self, modules: tuple[str, ...]) -> None:
        """Has the modules preloaded by a new fork server, if that is news."""
        known = read_learned(self._settings.learned)
        learned = known.with_modules(modules)
        if learned != known:
            write_learned(self._settings.learned, learned)
            self.start()

    def fork_server_ended(self, ended: Ended) -> bool:
        """Whether that leaves us without a fork server, and it was not meant to end."""
        fork_server = self._fork_servers.pop(ended.pid)
        fork_server.channel.close()
        if fork_server is self._forking:
            self._forking = None
        for number, worker in list(self._workers.items()):
            if worker.fork_server is fork_server and worker.silent:
                self._ended(number, None)
        return not fork_server.retired and not self._forking

    def close(self) -> None:
        """Ends the fork servers. Workers of theirs have ended before."""
        for fork_server in self._fork_servers.values():
            fork_server.retired = True
            fork_server.channel.close()
            fork_server.process.signal(SIGTERM)

    def kill_all(self) -> None:
        """Ends everything at once."""
        for fork_server in self._fork_servers.values():
            fork_server.process.signal(SIGKILL)
        for number in list(self._workers):
            self.kill(number)

    @property
    def idle(self) -> bool:
        """No process of ours is left."""
        return not self._fork_servers and not self._workers

    def _command(self, descriptors: tuple[int, int]) -> Command:
        settings = self._settings
        preload = read_learned(settings.learned).allowed(settings.preload)
        arguments = (
            *(str(settings.python), "-P", str(EMBEDDED), "forkserver"),
            *map(str, descriptors),
            *(str(settings.root), str(settings.learned), *preload),
        )
        return Command(arguments, settings.root, settings.environment, descriptors)

    def _fork_reported(self, pid: int, report: ForkReport) -> None:
        match report:
            case Preloaded(threaded=()):
                self._fork_servers[pid].library = Library(report.folder, report.changed_at)
                self._take_over(self._fork_servers[pid])
            case Preloaded():
                learned = read_learned(self._settings.learned).without(report.threaded)
                write_learned(self._settings.learned, learned)
                self._fork_servers[pid].retired = True
                self.start()
            case Forked():
                self._forked(report)
            case Exited():
                self._ended(report.worker, report.status)
            case _:
                assert_never(report)

    def _take_over(self, fork_server: _ForkServer) -> None:
        self._retire()
        self._forking = fork_server
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            self.fork(command)

    def _retire(self) -> None:
        """The fork server that forks does so no more."""
        retiring, self._forking = self._forking, None
        if retiring:
            retiring.retired = True
            retiring.channel.send(Retire())

    def _forked(self, report: Forked) -> None:
        worker = self._workers[report.worker]
        worker.pid = report.pid
        self._post(WorkerForked(report.worker, report.pid))
        if worker.killed:
            self.kill(report.worker)

    def _reported(self, worker: int, report: WorkerReport) -> None:
        self._post(WorkerReported(worker, report))

    def _went_silent(self, worker: int) -> None:
        """Its fork server tells how it ended, unless that is gone."""
        found = self._workers.get(worker)
        if found:
            found.silent = True
            if found.fork_server.process.pid not in self._fork_servers:
                self._ended(worker, None)

    def _ended(self, worker: int, status: int | None) -> None:
        found = self._workers.pop(worker, None)
        if found:
            found.channel.close()
            signal_group(found.pid, SIGKILL)
            self._post(WorkerEnded(worker, status))
