"""Asks a server over HTTP whether it answers."""

import asyncio
import contextlib

from .requests import PROBE_HEADER

ANSWER_SECONDS = 30.0
"""Vite may work for long on its first answer."""

_STEP_SECONDS = 0.02


async def answers(host: str, port: int, *, probe: str = "") -> None:
    """Returns when the server on the port has answered, whatever it said.

    With `probe`, the run's id, a worker of ours answers itself and does not bother the app.
    """
    header = f"{PROBE_HEADER.decode()}: {probe}\r\n" if probe else ""
    request = f"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}\r\n"
    while True:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                if await _status_line(host, port, request.encode()):
                    return
        await asyncio.sleep(_STEP_SECONDS)


async def _status_line(host: str, port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(request)
        return await reader.readline()
    finally:
        writer.close()
