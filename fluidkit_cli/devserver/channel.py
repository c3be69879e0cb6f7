"""The supervisor's ends of the ways to the fork server and to its workers."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from typing import Any

from .protocol import Lines, Message, encode

READ_BYTES = 65536


class Channel:
    """Messages over a socket. `on_message` gets each, `on_end` is called once, at its end."""

    def __init__(
        self,
        connection: socket.socket,
        *,
        on_message: Callable[[Any], None],
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        connection.setblocking(False)
        self._connection = connection
        self._on_message = on_message
        self._on_end = on_end
        self._lines = Lines()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(connection, self._read)

    def send(self, message: Message, *, descriptors: tuple[int, ...] = ()) -> None:
        """Does nothing when the other end is gone, or is stopped and has its buffer full."""
        with contextlib.suppress(OSError):
            socket.send_fds(self._connection, [encode(message)], list(descriptors))

    def close(self) -> None:
        """Passes on what has come, then ends it from our side; `on_end` is not called any more."""
        if self._connection.fileno() >= 0:
            self._loop.remove_reader(self._connection)
            while data := self._receive():
                self._pass_on(data)
            self._connection.close()

    def _read(self) -> None:
        data = self._receive()
        if data:
            self._pass_on(data)
        elif data is not None:
            self.close()
            self._on_end()

    def _receive(self) -> bytes | None:
        """Empty at the end, None when there is nothing yet."""
        try:
            return self._connection.recv(READ_BYTES)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def _pass_on(self, data: bytes) -> None:
        for message in self._lines.feed(data):
            self._on_message(message)


class Document:
    """Reads a pipe to its end, then calls `on_end` with all of it."""

    def __init__(self, descriptor: int, *, on_end: Callable[[str], None]) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._on_end = on_end
        self._parts: list[bytes] = []
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(descriptor, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._descriptor, READ_BYTES)
        except BlockingIOError:
            return
        if data:
            self._parts.append(data)
            return
        self._loop.remove_reader(self._descriptor)
        os.close(self._descriptor)
        self._on_end(b"".join(self._parts).decode("utf-8", "replace"))
