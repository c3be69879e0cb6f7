"""A debugger: as much of the Debug Adapter Protocol as it takes to stop somewhere and go on."""

import json
import socket
from pathlib import Path
from types import TracebackType
from typing import Any


class DebugClient:
    """Attaches to the address as VS Code does, with the root's files here and there."""

    def __init__(self, address: str, *, root: Path) -> None:
        host, _, port = address.partition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=20)
        self._file = self._socket.makefile("rb")
        self._root = root
        self._sent = 0
        self._heard: list[dict[str, Any]] = []

    def __enter__(self) -> "DebugClient":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._file.close()
        self._socket.close()

    def attach(self, file: Path, *, line: int) -> None:
        """With a breakpoint."""
        self.ask("initialize", {"adapterID": "debugpy", "pathFormat": "path"})
        mapping = {"localRoot": str(self._root), "remoteRoot": "."}
        attach = self.send("attach", {"justMyCode": True, "pathMappings": [mapping]})
        self.event("initialized")
        lines = {"source": {"path": str(file)}, "breakpoints": [{"line": line}]}
        (breakpoint_,) = self.ask("setBreakpoints", lines)["breakpoints"]
        assert breakpoint_["verified"]
        self.ask("configurationDone", {})
        self.answer(attach)

    def stopped(self) -> tuple[int, dict[str, Any]]:
        """The thread that has stopped, and its innermost frame."""
        thread = self.event("stopped")["threadId"]
        frames = self.ask("stackTrace", {"threadId": thread})["stackFrames"]
        return thread, frames[0]

    def ask(self, command: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """What comes back."""
        return self.answer(self.send(command, arguments))

    def send(self, command: str, arguments: dict[str, Any]) -> int:
        """The number of the request."""
        self._sent += 1
        request = {"seq": self._sent, "type": "request", "command": command}
        body = json.dumps({**request, "arguments": arguments}).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        return self._sent

    def answer(self, number: int) -> dict[str, Any]:
        """The body of the response to that request."""
        response = self._next(lambda message: message.get("request_seq") == number)
        assert response["success"], response
        return dict(response.get("body") or {})

    def event(self, name: str) -> dict[str, Any]:
        """The body of the next event of that name."""
        return dict(self._next(lambda message: message.get("event") == name).get("body") or {})

    def _next(self, wanted: Any) -> dict[str, Any]:
        for message in self._heard:
            if wanted(message):
                self._heard.remove(message)
                return message
        while not wanted(message := self._read()):
            self._heard.append(message)
        return message

    def _read(self) -> dict[str, Any]:
        length = 0
        while (line := self._file.readline()) != b"\r\n":
            assert line, "the connection has ended"
            length = int(line.rpartition(b":")[2])
        return dict(json.loads(self._file.read(length)))
