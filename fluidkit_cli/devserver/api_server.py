"""The supervisor's view of the workers, and of the processes that they come from."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from signal import SIGCONT, SIGKILL

from . import link
from .events import Ended, Post, StartFailed, WorkerEnded, WorkerForked
from .fork_servers import ApiSettings, ForkServer, ForkServers, Loss
from .link import Link
from .process import Command, Process, signal_group
from .protocol import Exited, Explain, Fork, Forked, Lent, Stop, WorkerCommand, encode

FORK_SECONDS = 5.0
"""How long a fork server may take to fork."""


class ApiServer:
    """Has workers forked, or starts them itself, and talks to them.

    A worker that is asked for while no fork server is ready is forked as soon as one is.
    """

    def __init__(
        self, settings: ApiSettings, *, start: Callable[[Command], Process], post: Post
    ) -> None:
        self._settings = settings
        self._start_process = start
        self._post = post
        self._loop = asyncio.get_running_loop()
        self._fork_servers = ForkServers(
            settings, start=start, report=self._fork_reported, ready=self._fork_waiting
        )
        self._waiting: list[Fork | Explain] = []
        self._links: dict[int, Link] = {}

    @property
    def idle(self) -> bool:
        """No process of ours is left."""
        return self._fork_servers.gone and not self._links

    def start(self) -> None:
        """Starts a fork server. Raises OSError when the app's Python cannot be run."""
        self._fork_servers.start()

    def learn(self, modules: tuple[str, ...]) -> None:
        """Has the modules imported beforehand by a new fork server, if that is news."""
        self._fork_servers.learn(modules)

    def retire(self) -> None:
        """What the fork servers have imported is out of date: workers wait for the next one."""
        self._fork_servers.retire()

    def fork_no_more(self) -> None:
        """Workers that wait for a fork server get interpreters of their own."""
        self.retire()
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            self.fork(replace(command, fresh=True))

    def fork(self, command: Fork | Explain) -> None:
        """Starts a worker, now or as soon as a fork server is ready."""
        try:
            if command.fresh:
                self._start_fresh(command)
            elif self._fork_servers.forking:
                self._fork(command, self._fork_servers.forking)
            else:
                self._waiting.append(command)
        except OSError as error:
            self._post(StartFailed(str(error)))
            self._post(WorkerEnded(command.worker, None))

    def send(self, worker: int, command: WorkerCommand) -> None:
        """Tells the worker; nothing happens when it is gone. A stopped one must hear of its end."""
        if found := self._links.get(worker):
            found.control.send(command)
            if isinstance(command, Stop):
                signal_group(found.pid, SIGCONT)

    def lend(self, worker: int, terminal: str) -> None:
        """Lets the worker's debugger go on, with the terminal of this path or without one."""
        if found := self._links.get(worker):
            found.prompts.send(Lent(terminal))

    def kill(self, worker: int) -> None:
        """Ends the worker and what it started, at once."""
        for command in [command for command in self._waiting if command.worker == worker]:
            self._waiting.remove(command)
            self._post(WorkerEnded(worker, None))
        if found := self._links.get(worker):
            found.kill()

    def ended(self, ended: Ended) -> Loss:
        """A process that was started here ended."""
        loss = self._fork_servers.ended(ended.pid)
        for number, found in list(self._links.items()):
            if found.pid == ended.pid:
                self._ended(number, ended.status)
            elif found.parent == ended.pid:
                self._orphaned(number, found)
        return loss

    def close(self) -> None:
        """Ends the fork servers. Workers of theirs have ended before."""
        self._fork_servers.close()

    def kill_all(self) -> None:
        """Ends everything at once."""
        self._fork_servers.kill_all()
        for number in list(self._links):
            self.kill(number)

    def _start_fresh(self, command: Fork | Explain) -> None:
        with self._opened(command, parent=0) as (found, descriptors):
            words = encode(command).decode()
            process = self._start_process(self._settings.command("worker", descriptors, words))
        self._links[command.worker] = found
        self._fork_reported(Forked(command.worker, process.pid))

    def _fork(self, command: Fork | Explain, forking: ForkServer) -> None:
        with self._opened(command, parent=forking.process.pid) as (found, descriptors):
            forking.channel.send(command, descriptors=descriptors)
        self._links[command.worker] = found
        self._loop.call_later(FORK_SECONDS, self._expect_forked, found)

    @contextlib.contextmanager
    def _opened(
        self, command: Fork | Explain, *, parent: int
    ) -> Iterator[tuple[Link, tuple[int, ...]]]:
        with link.opened(
            command, parent=parent, post=self._post, on_end=self._went_silent
        ) as opened:
            try:
                yield opened
            except OSError:
                opened[0].close()
                raise

    def _expect_forked(self, found: Link) -> None:
        """A fork server that does not fork is stopped, or stuck: the next one does."""
        if not found.pid and self._links.get(found.command.worker) is found:
            self._fork_servers.kill(found.parent)
            self._post(StartFailed("the fork server does not fork; another one follows"))

    def _fork_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            self.fork(command)

    def _fork_reported(self, report: Forked | Exited) -> None:
        match report:
            case Forked():
                found = self._links[report.worker]
                found.pid = report.pid
                self._post(WorkerForked(report.worker, report.pid))
                if found.killed:
                    found.kill()
            case Exited():
                self._ended(report.worker, report.status)

    def _went_silent(self, worker: int) -> None:
        """Its parent tells how it ended, unless that is gone."""
        if found := self._links.get(worker):
            found.silent = True
            if found.parent and not self._fork_servers.lives(found.parent):
                self._ended(worker, None)

    def _orphaned(self, worker: int, found: Link) -> None:
        """Its fork server is gone: what was not forked yet is forked by the next one."""
        if not (found.pid or found.killed):
            del self._links[worker]
            found.close()
            self.fork(found.command)
        elif found.silent or not found.pid:
            self._ended(worker, None)

    def _ended(self, worker: int, status: int | None) -> None:
        if found := self._links.pop(worker, None):
            found.close()
            signal_group(found.pid, SIGKILL)
            self._post(WorkerEnded(worker, status))
