"""Serves an application that has no `backend/serving`, by uvicorn as it is.

Runs in the app's own Python, and says that it serves as `plan` wants it.
"""

import asyncio
import os
import signal
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
        seconds = float(os.environ.pop("HEARTBEAT_SECONDS"))
        _beat(int(os.environ.pop("READY_FD")), seconds)


def _beat(descriptor: int, seconds: float) -> None:
    try:
        os.write(descriptor, b"\n")
    except BlockingIOError:
        pass  # nobody has read for a long time
    except OSError:
        os.kill(os.getpid(), signal.SIGTERM)  # who started us is gone
        return
    asyncio.get_running_loop().call_later(seconds, _beat, descriptor, seconds)
