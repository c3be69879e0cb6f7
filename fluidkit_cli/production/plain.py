"""Serves an application that has no `backend/serving`, by uvicorn as it is.

Runs in the app's own Python, and says that it serves as `plan` wants it.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Sequence

from uvicorn import Config, Server


def main(arguments: Sequence[str]) -> None:
    """The application, the descriptor of its socket, and the seconds that its end may take."""
    app, descriptor, seconds = arguments
    config = Config(app, timeout_graceful_shutdown=int(seconds), log_level="info")
    with socket.socket(fileno=int(descriptor)) as listener:
        _TellingServer(config).run(sockets=[listener])


class _TellingServer(Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        seconds = float(os.environ.pop("HEARTBEAT_SECONDS", "0"))
        _beat(int(os.environ.pop("READY_FD")), seconds)


def _beat(descriptor: int, seconds: float) -> None:
    with contextlib.suppress(OSError):  # nobody reads, or not for a long time
        os.write(descriptor, b"\n")
    if seconds:
        asyncio.get_running_loop().call_later(seconds, _beat, descriptor, seconds)
    else:
        os.close(descriptor)
