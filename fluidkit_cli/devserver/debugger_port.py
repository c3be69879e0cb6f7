"""The one port of `--debug`: passes debuggers on to the worker that serves, one after the other.

The Debug Adapter Protocol: https://microsoft.github.io/debug-adapter-protocol/specification
"""

import asyncio
import contextlib
import json
import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from typing import Any

from .debug_adapter import HOST

LONGEST_HEADER = 65536

LEAVE_SECONDS = 1.0
"""How long a worker may take to let go of its debugger."""

_DISCONNECT = {
    "type": "request",
    "command": "disconnect",
    "arguments": {"terminateDebuggee": False},
}
_RESTART = {"type": "event", "event": "terminated", "body": {"restart": True}}
_LEAVING = ("disconnect", "terminate")


class DebuggerPort:
    """Listens on the socket as long as we run. `say` gets a line when a debugger comes or goes.

    A debugger whose worker goes is told that its session ended and is to be started again: it
    comes back to this port then, with its breakpoints, and waits for the next worker.
    """

    def __init__(self, listener: socket.socket, *, say: Callable[[str], None]) -> None:
        self._listener = listener
        self._say = say
        self._server: asyncio.Task[asyncio.Server] | None = None
        self._worker: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._gone = asyncio.Event()

    @property
    def address(self) -> str:
        """For people and for `launch.json`."""
        return f"{HOST}:{self._listener.getsockname()[1]}"

    def start(self) -> None:
        """Debuggers may come, and wait."""
        self._server = asyncio.create_task(
            asyncio.start_server(self._serve, sock=self._listener, limit=LONGEST_HEADER)
        )

    def open(self, port: int) -> None:
        """The worker that serves waits for debuggers at this port."""
        self.cut()
        self._worker.set_result(port)

    def cut(self) -> None:
        """That worker is to go: whatever it is stopped at, it goes on."""
        if self._worker.done():
            self._worker = asyncio.get_running_loop().create_future()
            self._gone.set()
            self._gone = asyncio.Event()

    def stop(self) -> None:
        """Closes the port, and leaves the worker to its end."""
        self.cut()
        if self._server and self._server.done():
            self._server.result().close()
        self._listener.close()

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        with contextlib.suppress(OSError):
            port = await asyncio.shield(self._worker)
            gone = self._gone
            their_reader, their_writer = await asyncio.open_connection(
                HOST, port, limit=LONGEST_HEADER
            )
            self._say("debugger attached")
            session = _Session(client=writer, worker=their_writer)
            try:
                await session.run(reader, their_reader, gone=gone)
            finally:
                their_writer.close()
                self._say("debugger detached")
        writer.close()


class _Session:
    """One debugger and one worker."""

    def __init__(self, *, client: StreamWriter, worker: StreamWriter) -> None:
        self._client = client
        self._worker = worker
        self._leaving = False
        self._letting_go = False
        self._sequence = 0

    async def run(self, client: StreamReader, worker: StreamReader, *, gone: asyncio.Event) -> None:
        """Until one of them goes, or the worker is to."""
        asks = asyncio.create_task(self._pass(client, self._worker, self._asked))
        answers = asyncio.create_task(self._pass(worker, self._client, self._answered))
        ends = asyncio.create_task(gone.wait())
        try:
            await asyncio.wait({asks, answers, ends}, return_when=asyncio.FIRST_COMPLETED)
            client_left = self._leaving or asks.done()
            if not answers.done():
                self._letting_go = not client_left
                self._send(self._worker, _DISCONNECT)  # or what has stopped would not go on
                await asyncio.wait({answers}, timeout=LEAVE_SECONDS)
            if not client_left:
                self._send(self._client, _RESTART)
        finally:
            for way in (asks, answers, ends):
                way.cancel()

    async def _pass(
        self, reader: StreamReader, writer: StreamWriter, look: Callable[[Any], bool]
    ) -> None:
        with contextlib.suppress(OSError, ValueError, EOFError, asyncio.LimitOverrunError):
            while True:
                header = await reader.readuntil(b"\r\n\r\n")
                body = await reader.readexactly(_length(header))
                if look(json.loads(body)):
                    writer.write(header + body)
                    await writer.drain()

    def _asked(self, message: Any) -> bool:
        self._leaving |= message.get("command") in _LEAVING
        return True

    def _answered(self, message: Any) -> bool:
        """What answers our own request is not for the debugger."""
        self._sequence = message.get("seq", self._sequence)
        return not self._letting_go

    def _send(self, writer: StreamWriter, message: dict[str, Any]) -> None:
        self._sequence += 1
        body = json.dumps({"seq": self._sequence, **message}).encode()
        writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))


def _length(header: bytes) -> int:
    """As the header says.

    Raises:
        ValueError: there is more in it, as in a request that a web page has its browser send here.
    """
    (line,) = header.strip().splitlines()
    name, _, value = line.partition(b":")
    if name.lower() != b"content-length":
        raise ValueError(f"not the Debug Adapter Protocol: {line!r}")
    return int(value)
