"""What to run: servers, each in one or more processes on a socket that is held for the whole run.

A server inherits its socket, and says that it serves by writing to the descriptor that the variable
READY_FD names. It does so again every HEARTBEAT_SECONDS, or else closes it and is not watched.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..devserver.events import ServerName
from ..devserver.process import Command


@dataclass(frozen=True, slots=True)
class Server:
    """One of the servers, in `count` equal processes. People know it as `title`.

    `command` runs one that serves what was built in a folder.
    """

    name: ServerName
    title: str
    command: Callable[[Path], Command]
    count: int = 1

    @property
    def titles(self) -> Sequence[str]:
        """Those of its processes."""
        if self.count == 1:
            return (self.title,)
        return [f"Worker {number}" for number in range(1, self.count + 1)]


@dataclass(frozen=True, slots=True)
class Plan:
    """`servers` in the order in which they end: who asks another one ends before it.

    Each is told to end and does so within `drain_seconds`. One that says nothing for `hang_seconds`
    is replaced; 0 is for ever. `name` says what is run, `details` how,
    `urls` where: on this machine, and then on others. `run_id` is in the environment of all, as
    FLUIDKIT_RUN.
    """

    servers: tuple[Server, ...]
    run_id: str
    drain_seconds: float
    hang_seconds: float
    name: str
    details: str
    urls: tuple[str, ...]
