"""A server that answers with bytes of the test's own, also such as no server should send."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self

PATIENCE = 20


class RawServer:
    """Answers the first connection with the first of `answers`, and so on, the last for ever.

    What `holds` keeps its connections open after the answer, until the client is gone.
    """

    def __init__(self, *answers: bytes, holds: bool = False) -> None:
        self.requests: list[bytes] = []
        self.is_asked = threading.Event()
        self.is_left = threading.Event()
        self._answers = list(answers)
        self._holds = holds
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    @classmethod
    @contextmanager
    def serving(cls, *answers: bytes, holds: bool = False) -> Iterator[Self]:
        server = cls(*answers, holds=holds)
        thread = threading.Thread(target=server._serve)
        thread.start()
        try:
            yield server
        finally:
            with suppress(OSError):
                server._socket.shutdown(socket.SHUT_RDWR)
            server._socket.close()
            thread.join(PATIENCE)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            connection.settimeout(PATIENCE)
            with connection, suppress(OSError):
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            piece = connection.recv(65536)
            if not piece:
                return
            request += piece
        self.requests.append(request)
        self.is_asked.set()
        connection.sendall(self._answers.pop(0) if len(self._answers) > 1 else self._answers[0])
        while self._holds and connection.recv(65536):
            pass
        self.is_left.set()


def answer(
    body: bytes = b"",
    *,
    status: int = 200,
    content_type: str = "text/event-stream",
    headers: str = "",
    breaks: bool = False,
) -> bytes:
    """One in chunks; without the last one it `breaks` off."""
    head = f"HTTP/1.1 {status} x\r\ncontent-type: {content_type}\r\n{headers}"
    chunk = b"%x\r\n%s\r\n" % (len(body), body) if body else b""
    end = b"" if breaks else b"0\r\n\r\n"
    return f"{head}transfer-encoding: chunked\r\n\r\n".encode() + chunk + end
