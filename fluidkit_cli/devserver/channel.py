"""The supervisor's ends of the ways to the fork server and to its workers."""

import asyncio
import os
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .protocol import END_OF_DOCUMENT, Lines, Message, encode

READ_BYTES = 65536

_END = END_OF_DOCUMENT.encode()


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
        self._unsent: deque[_Unsent] = deque()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(connection, self._read)

    def send(self, message: Message, *, descriptors: tuple[int, ...] = ()) -> None:
        """Whole and in order, as soon as the other end reads it; never when that is gone."""
        if self._connection.fileno() >= 0:
            self._unsent.append(_Unsent(encode(message), [os.dup(d) for d in descriptors]))
            self._write()

    def close(self) -> None:
        """Passes on what has come, then ends it from our side; `on_end` is not called any more."""
        if self._connection.fileno() >= 0:
            self._give_up_writing()
            self._loop.remove_reader(self._connection)
            while data := self._receive():
                self._pass_on(data)
            self._connection.close()

    def _write(self) -> None:
        try:
            while self._unsent:
                unsent = self._unsent[0]
                sent = socket.send_fds(self._connection, [unsent.data], unsent.descriptors)
                unsent.close_descriptors()
                unsent.data = unsent.data[sent:]
                if not unsent.data:
                    self._unsent.popleft()
        except BlockingIOError:
            self._loop.add_writer(self._connection, self._write)
        except OSError:
            self._give_up_writing()
        else:
            self._loop.remove_writer(self._connection)

    def _give_up_writing(self) -> None:
        self._loop.remove_writer(self._connection)
        for unsent in self._unsent:
            unsent.close_descriptors()
        self._unsent.clear()

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


@dataclass(slots=True)
class _Unsent:
    """The descriptors go with the first byte."""

    data: bytes
    descriptors: list[int]

    def close_descriptors(self) -> None:
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors = []


class Document:
    """Reads a document from a pipe, then calls `on_end` with it.

    Empty when the pipe ended before the document did.
    """

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
        self._parts.append(data)
        complete = data.endswith(_END)
        if data and not complete:
            return
        self._loop.remove_reader(self._descriptor)
        os.close(self._descriptor)
        text = b"".join(self._parts).removesuffix(_END).decode("utf-8", "replace")
        self._on_end(text if complete else "")
