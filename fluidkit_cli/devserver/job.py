"""What a worker gets to begin with."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass

from .protocol import Explain, Fork

DESCRIPTORS = 3
"""How many go with a command: of `control`, `description` and `prompts`, in this order."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a fresh worker has to do, and its ends of the ways to the supervisor.

    Over `control` it is told what to do, to `description` it writes the Api, and over `prompts` its
    debugger asks for the terminal, also while the event loop stands still.
    """

    command: Fork | Explain
    control: socket.socket
    description: int
    prompts: socket.socket
    listener: int


def job(command: Fork | Explain, descriptors: Sequence[int], *, listener: int) -> Job:
    """Takes over the descriptors."""
    control, description, prompts = descriptors
    return Job(
        command,
        socket.socket(fileno=control),
        description,
        socket.socket(fileno=prompts),
        listener,
    )
