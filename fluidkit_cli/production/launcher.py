"""Starts processes of servers, and hears when they serve and that they go on to."""

import asyncio
import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ..devserver.guard_process import GuardProcess
from ..devserver.process import Children, Command, Process
from .plan import Server

_MOST_BYTES = 4096
"""One says as much as many."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The process serves."""

    pid: int


@dataclass(frozen=True, slots=True)
class Alive:
    """The process goes on to serve."""

    pid: int


@dataclass(frozen=True, slots=True)
class Mute:
    """The process will not say that it lives: it has ended, or is none of those that do."""

    pid: int


Heard = Ready | Alive | Mute


class Launcher:
    """What it starts does not outlive us: the guard knows of it.

    It is asked to say that it lives every `heartbeat` seconds.
    """

    def __init__(
        self,
        children: Children,
        guard: GuardProcess,
        *,
        heartbeat: float,
        post: Callable[[Heard], None],
    ) -> None:
        self._children = children
        self._guard = guard
        self._heartbeat = heartbeat
        self._post = post
        self._loop = asyncio.get_running_loop()

    def start(self, server: Server, release: Path) -> Process:
        """Posts what the process says. Raises OSError when it cannot be started."""
        reading, writing = os.pipe()
        os.set_blocking(writing, False)  # it must not wait for us
        with contextlib.ExitStack() as stack:
            stack.callback(os.close, writing)
            on_failure = stack.enter_context(contextlib.ExitStack())
            on_failure.callback(os.close, reading)
            command = self._telling(server.command(release), writing)
            process = self._children.start(server.name, command)
            on_failure.pop_all()
        self._guard.add(process.pid)
        self._loop.add_reader(reading, partial(self._hear, reading, Ready(process.pid)))
        return process

    def _telling(self, command: Command, descriptor: int) -> Command:
        variables = {"READY_FD": str(descriptor), "HEARTBEAT_SECONDS": f"{self._heartbeat:g}"}
        return replace(
            command,
            environment={**command.environment, **variables},
            descriptors=(*command.descriptors, descriptor),
        )

    def _hear(self, reading: int, said: Ready | Alive) -> None:
        if os.read(reading, _MOST_BYTES):
            self._post(said)
            self._loop.add_reader(reading, partial(self._hear, reading, Alive(said.pid)))
        else:
            self._loop.remove_reader(reading)
            os.close(reading)
            self._post(Mute(said.pid))
