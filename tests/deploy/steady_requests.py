"""Requests that are sent again and again while something happens to who answers them."""

import contextlib
import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from running import wait_for

Connect = Callable[[], http.client.HTTPConnection]


@dataclass(slots=True)
class Asked:
    """What happens to requests that are sent again and again."""

    failed: list[str] = field(default_factory=list)
    answers: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def go_on(self) -> None:
        """Waits for some more answers."""
        wanted = self.answers + 30
        wait_for(lambda: self.answers >= wanted, seconds=40)

    def end(self) -> None:
        """Sends no more, and waits for the last answers."""
        self.is_over.set()
        for thread in self.threads:
            thread.join()


@contextmanager
def asking(connect: Connect, *requests: str) -> Iterator[Asked]:
    """Sends each request as soon as its last one is answered, over a new connection each time."""
    asked = Asked()
    for request in requests:
        asked.threads.append(threading.Thread(target=_ask, args=(connect, request, asked)))
        asked.threads[-1].start()
    try:
        yield asked
    finally:
        asked.end()


def _ask(connect: Connect, request: str, asked: Asked) -> None:
    method, path = request.split()
    while not asked.is_over.is_set():
        with contextlib.closing(connect()) as connection:
            try:
                connection.request(method, path, headers={"connection": "close"})
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as error:
                asked.failed.append(f"{request}: {error!r}")
            else:
                asked.answers += 1
                if answer.status != 200:
                    asked.failed.append(f"{request}: {answer.status}")
