"""Forks the workers from a process that has FastAPI and the app's third-party modules imported.

Runs inside the app's own Python. It never imports the user's code and never starts a thread: both
would outlive a change, and a fork copies one thread only.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..errors import FluidkitError
from .job import DESCRIPTORS, Job, job
from .protocol import Exited, Explain, Fork, Forked, ForkReport, Lines, Preloaded, Retire, encode
from .settings import load_settings

MOST_COMMAND_BYTES = 65536

_LATE = (
    *("uvicorn.lifespan.on", "uvicorn.loops.uvloop", "uvicorn.protocols.http.auto"),
    *("uvicorn.protocols.websockets.auto", "anyio._backends._asyncio"),
)
"""What uvicorn and the first request would import in each worker; not all may be installed."""


def main(arguments: Sequence[str]) -> None:
    """Serves forks until the supervisor goes away; in a forked child, lives the worker's life.

    The arguments: the descriptors of the control and of the listening socket, the workspace's
    root, the file of learned modules, and modules to import beside those.
    """
    control, listener, root, learned, *modules = arguments
    for descriptor in (control, listener):
        os.set_inheritable(int(descriptor), False)
    try:
        from . import worker  # noqa: PLC0415 - imports what the app's Python may lack
    except ImportError as error:
        sys.exit(f"The API's Python lacks a module: {error}. Install the backend's dependencies")
    with contextlib.suppress(FluidkitError):  # the worker tells
        load_settings(Path(root))
    threaded = _preload([*_LATE, *modules, *_learned(Path(learned))])
    server = ForkServer(socket.socket(fileno=int(control)), listener=int(listener))
    server.report(Preloaded(threaded))
    if threaded:
        names = ", ".join(threaded)
        sys.stdout.write(f"Not imported beforehand, as it starts a thread: {names}\n")
        return
    forked = server.run()
    if forked:
        sys.exit(worker.run(forked, root=Path(root)))


class ForkServer:
    """Waits for commands and for the ends of workers, both in one thread."""

    def __init__(self, control: socket.socket, *, listener: int) -> None:
        self._control = control
        self._listener = listener
        self._lines = Lines()
        self._descriptors: list[int] = []
        self._workers: dict[int, int] = {}
        self._retired = False
        self._wakeup, self._wake = socket.socketpair()
        for end in (self._wakeup, self._wake):
            end.setblocking(False)

    def report(self, report: ForkReport) -> None:
        """Tells the supervisor; silently nothing when it is gone."""
        with contextlib.suppress(OSError):
            self._control.sendall(encode(report))

    def run(self) -> Job | None:
        """Returns None when there is nothing left to do, and in every child its job."""
        gc.collect()
        gc.freeze()
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        while not (self._retired and not self._workers):
            readable, _, _ = select.select([self._control, self._wakeup], [], [])
            if self._wakeup in readable:
                self._reap()
            if self._control in readable:
                forked = self._receive()
                if forked:
                    return forked
        return None

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._wakeup.recv(MOST_COMMAND_BYTES)
        for pid, status in list(_ended_children()):
            worker = self._workers.pop(pid, None)
            if worker is not None:
                self.report(Exited(worker, os.waitstatus_to_exitcode(status)))

    def _receive(self) -> Job | None:
        """Obeys what has come; in a child, its job."""
        data, descriptors, _, _ = socket.recv_fds(self._control, MOST_COMMAND_BYTES, DESCRIPTORS)
        self._descriptors += descriptors  # with the first part of a command that comes in parts
        if not data:
            self._end_all()
        for command in self._lines.feed(data):
            match command:
                case Fork() | Explain():
                    forked = self._fork(command)
                    if forked:
                        return forked
                case Retire():
                    self._retired = True
                case _:
                    raise ValueError(f"not a command of the fork server: {command}")
        return None

    def _end_all(self) -> None:
        """The supervisor is gone. Workers that serve see it too, those that import do not."""
        for pid in self._workers:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGTERM)
        sys.exit(0)

    def _fork(self, command: Fork | Explain) -> Job | None:
        descriptors = [self._descriptors.pop(0) for _ in range(DESCRIPTORS)]
        pid = os.fork()
        if pid == 0:
            self._become_worker()
            return job(command, descriptors, listener=self._listener)
        with contextlib.suppress(OSError):  # the child has done it already, or ended already
            os.setpgid(pid, pid)
        for descriptor in descriptors:
            os.close(descriptor)
        self._workers[pid] = command.worker
        self.report(Forked(command.worker, pid))
        return None

    def _become_worker(self) -> None:
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for end in (self._control, self._wakeup, self._wake):
            end.close()
        gc.enable()


def _learned(file: Path) -> list[str]:
    try:
        return [str(name) for name in json.loads(file.read_text(encoding="utf-8"))["modules"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _preload(modules: list[str]) -> tuple[str, ...]:
    """Imports what can be imported; the packages that started a thread by it."""
    gc.disable()  # Python's advice before a fork: no holes in memory pages that are shared
    threaded: dict[str, None] = {}
    for module in modules:
        threads = threading.active_count()
        # what breaks here breaks again, and visibly, where the app imports it
        with contextlib.suppress(BaseException):
            importlib.import_module(module)
        if threading.active_count() > threads:
            threaded[module.partition(".")[0]] = None
    return tuple(threaded)


def _ended_children() -> Iterator[tuple[int, int]]:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            yield pid, status
