"""Asks a server over HTTP whether it answers, and whether it is ours."""

import asyncio
import contextlib

from .requests import PROBE_HEADER
from .system import holder_of, members

ANSWER_SECONDS = 30.0
"""Vite may work for long on its first answer."""

_STEP_SECONDS = 0.02
_STRANGER_SECONDS = 0.2


async def answers(host: str, port: int, *, probe: str) -> None:
    """Returns when a server of ours has answered on the port.

    `probe`, the run's id, is repeated by our workers and by our Vite plugin, which then bother
    neither the app nor SvelteKit. An answer without it counts when it comes from a process of the
    run: the front end may not have the plugin.
    """
    header = PROBE_HEADER.decode()
    request = f"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}: {probe}\r\n\r\n"
    ours = f"{header}: {probe}".encode()
    while True:
        head = b""
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(ANSWER_SECONDS):
                head = await _head(host, port, request.encode())
        if head and (ours in head.lower() or _is_of_run(port, probe)):
            return
        await asyncio.sleep(_STRANGER_SECONDS if head else _STEP_SECONDS)


async def _head(host: str, port: int, request: bytes) -> bytes:
    """Status line and headers."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(request)
        return await reader.readuntil(b"\r\n\r\n")
    finally:
        writer.close()


def _is_of_run(port: int, run_id: str) -> bool:
    """Also where it cannot be found out."""
    holder = holder_of(port)
    return holder is None or holder.pid in members(run_id)
