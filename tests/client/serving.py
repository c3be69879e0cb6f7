"""The backend of these tests, served by uvicorn on a free port."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from .backend import app

_PATIENCE = 10


@contextmanager
def serving() -> Iterator[uvicorn.Server]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until = time.monotonic() + _PATIENCE
        while not server.started and time.monotonic() < until:
            thread.join(0.01)
        yield server
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(_PATIENCE)


def address(server: uvicorn.Server) -> str:
    return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
