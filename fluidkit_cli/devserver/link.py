"""The supervisor's ends of the ways to one worker."""

import contextlib
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from signal import SIGKILL
from typing import Any

from .channel import Channel, Document
from .events import Post, WorkerDescribed, WorkerPrompts, WorkerReported
from .process import signal_group
from .protocol import Explain, Fork


@dataclass(slots=True, eq=False)
class Link:
    """To the worker of this command. `parent` is the process that tells how it ended.

    A `silent` one has closed its end.
    """

    command: Fork | Explain
    parent: int
    control: Channel
    prompts: Channel
    pid: int = 0
    killed: bool = False
    silent: bool = False

    def kill(self) -> None:
        """Ends the worker and what it started, at once, or as soon as it has a process."""
        self.killed = True
        signal_group(self.pid, SIGKILL)

    def close(self) -> None:
        """Passes on what has come."""
        self.control.close()
        self.prompts.close()


@contextlib.contextmanager
def opened(
    command: Fork | Explain, *, parent: int, post: Post, on_end: Callable[[int], None]
) -> Iterator[tuple[Link, tuple[int, ...]]]:
    """A new link, and the worker's ends of it, open as long as the context.

    Raises:
        OSError: there are too many files open.
    """
    worker = command.worker
    with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
        control, prompts = (_pair(ours, theirs) for _ in range(2))
        reading, writing = os.pipe()
        ours.callback(os.close, reading)
        theirs.callback(os.close, writing)
        link = Link(
            command,
            parent,
            Channel(
                control[0],
                on_message=lambda report: post(WorkerReported(worker, report)),
                on_end=partial(on_end, worker),
            ),
            Channel(prompts[0], on_message=lambda asked: post(WorkerPrompts(worker, asked))),
        )
        Document(reading, on_end=lambda api: post(WorkerDescribed(worker, api)))
        ours.pop_all()
        yield link, (control[1].fileno(), writing, prompts[1].fileno())


def _pair(ours: contextlib.ExitStack, theirs: contextlib.ExitStack) -> tuple[Any, Any]:
    our, their = socket.socketpair()
    ours.callback(our.close)
    theirs.callback(their.close)
    return our, their
