"""Clients that ask for what has no end, and read nothing of it."""

import json
import socket
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from held.serving import Served

STILL = 0.5
"""Seconds in which a producer that makes nothing has paused."""


@contextmanager
def stalled(port: int, *, count: int) -> Iterator[Sequence[str]]:
    """The names of so many streams that are not read."""
    names = [f"{port}-{number}" for number in range(count)]
    with ExitStack() as stack:
        for name in names:
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            client.sendall(f"GET /api/flood/{name} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        yield names


def wait_for_pause(api: Served, names: Sequence[str], *, seconds: float = 60) -> dict[str, int]:
    """The KiB that each producer made, when all have begun and none makes more."""
    deadline = time.monotonic() + seconds
    before: dict[str, int] = {}
    while (now := _produced(api.port)) != before or not set(names) <= now.keys():
        assert time.monotonic() < deadline, "the producers do not pause"
        before = now
        time.sleep(STILL)
    return {name: 64 * now[name] for name in names}


def _produced(port: int) -> dict[str, int]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/produced", timeout=60) as answer:
        return dict(json.load(answer))
