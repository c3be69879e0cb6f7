"""What the fork server hands to a worker that it has forked."""

import socket
from dataclasses import dataclass

from .protocol import Explain, Fork


@dataclass(frozen=True, slots=True)
class Job:
    """What a fresh worker has to do, and its ends of the two ways to the supervisor."""

    command: Fork | Explain
    control: socket.socket
    description: int
    listener: int
