"""Requests that somebody stops at."""

import contextlib
import http.client
import threading
from dataclasses import dataclass, field

from devserver.running import Dev


@dataclass
class Ask:
    """A request in the background; `answer` waits for its status and body."""

    dev: Dev
    path: str
    answers: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def answer(self) -> tuple[int, str]:
        self._thread.join(20)
        return self.answers[0]

    def _run(self) -> None:
        connection = self.dev.connect(60)
        connection.request("GET", self.path)
        with contextlib.suppress(OSError, http.client.HTTPException):  # ended with the run
            answer = connection.getresponse()
            self.answers.append((answer.status, answer.read().decode()))
