"""Starts processes of servers, and hears when they serve."""

import asyncio
import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from ..devserver.guard_process import GuardProcess
from ..devserver.process import Children, Command, Process
from .plan import Server


@dataclass(frozen=True, slots=True)
class Ready:
    """The process serves."""

    pid: int


class Launcher:
    """What it starts does not outlive us: the guard knows of it."""

    def __init__(
        self, children: Children, guard: GuardProcess, *, post: Callable[[Ready], None]
    ) -> None:
        self._children = children
        self._guard = guard
        self._post = post
        self._loop = asyncio.get_running_loop()

    def start(self, server: Server) -> Process:
        """Posts `Ready` when the process says so. Raises OSError when it cannot be started."""
        reading, writing = os.pipe()
        with contextlib.ExitStack() as stack:
            stack.callback(os.close, writing)
            on_failure = stack.enter_context(contextlib.ExitStack())
            on_failure.callback(os.close, reading)
            process = self._children.start(server.name, _telling(server, writing))
            on_failure.pop_all()
        self._guard.add(process.pid)
        self._loop.add_reader(reading, partial(self._hear, reading, process.pid))
        return process

    def _hear(self, reading: int, pid: int) -> None:
        self._loop.remove_reader(reading)
        with os.fdopen(reading, "rb", buffering=0) as pipe:
            if pipe.read(1):  # nothing is the end of a process that never served
                self._post(Ready(pid))


def _telling(server: Server, descriptor: int) -> Command:
    command = server.command
    return replace(
        command,
        environment={**command.environment, "READY_FD": str(descriptor)},
        descriptors=(*command.descriptors, descriptor),
    )
