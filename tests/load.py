"""Requests and streams that go on while a server reloads, and what they lose."""

import http.client
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

TICKS = """
import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse

router = APIRouter()


@router.get("/ticks")
async def ticks(last_event_id: Annotated[int | None, Header()] = None) -> StreamingResponse:
    async def events() -> AsyncIterator[str]:
        number = int(time.time() * 20) if last_event_id is None else last_event_id + 1
        while True:
            await asyncio.sleep(number / 20 - time.time())
            yield f"id: {number}\\ndata: tick\\n\\n"
            number += 1

    return StreamingResponse(events(), media_type="text/event-stream")
"""
"""Twenty events a second. Each id is the one before and one more, whichever process sends them."""

TIMEOUT = 10.0
"""Seconds without an answer, or without an event, that are a failure."""


@dataclass(slots=True)
class Load:
    """What has happened so far; each failure is a line, `cuts` are the ends of streams."""

    requests: int = 0
    events: int = 0
    cuts: int = 0
    failures: list[str] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, url: str, rate: float) -> None:
        """Asks so many times a second, on a connection that is kept while the server keeps it."""
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT)
        due = time.monotonic()
        while not self._ended.wait(max(0, due - time.monotonic())):
            due += 1 / rate
            try:
                status = _status(connection, parts.path)
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                self._count(failure=f"a request: {error!r}")
            else:
                failure = "" if status == 200 else f"a request: {status}"
                self._count(requests=1, failure=failure)
        connection.close()

    def follow(self, url: str) -> None:
        """Reads the events, again from where it was after each cut."""
        last = 0
        while not self._ended.is_set():
            headers = {"Last-Event-ID": str(last)} if last else {}
            try:
                with urllib.request.urlopen(
                    urllib.request.Request(url, headers=headers), timeout=TIMEOUT
                ) as answer:
                    last = self._read(answer, last)
            except OSError as error:
                self._count(failure=f"a stream: {error!r}")
            self._count(cuts=1)

    def end(self) -> None:
        """Nothing is asked for any more; streams end with their next event."""
        self._ended.set()

    def _read(self, answer: http.client.HTTPResponse, last: int) -> int:
        """The id of the last event that came as a whole."""
        number = last
        while not self._ended.is_set() and (line := answer.readline()).endswith(b"\n"):
            if line.startswith(b"id: "):
                number = int(line[4:])
            elif line == b"\n":
                failure = f"event {number} after {last}" if last and number != last + 1 else ""
                self._count(events=1, failure=failure)
                last = number
        return last

    def _count(
        self, *, requests: int = 0, events: int = 0, cuts: int = 0, failure: str = ""
    ) -> None:
        with self._lock:
            self.requests += requests
            self.events += events
            self.cuts += cuts
            if failure and not self._ended.is_set():
                self.failures.append(failure)


def _status(connection: http.client.HTTPConnection, path: str) -> int:
    """Asks once more, as browsers do, where a connection that was kept turns out to be closed."""
    is_kept = connection.sock is not None
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
    except ConnectionError:
        connection.close()
        if not is_kept:
            raise
        return _status(connection, path)
    answer.read()
    return answer.status


@contextmanager
def loaded(*urls: str, path: str, rate: float, streams: int) -> Iterator[Load]:
    """Load on servers that have `TICKS`, shared by them evenly, while the block lasts."""
    load = Load()
    threads = [
        threading.Thread(target=load.ask, args=(f"{url}{path}", rate / len(urls))) for url in urls
    ]
    threads += [
        threading.Thread(target=load.follow, args=(f"{urls[number % len(urls)]}/api/ticks",))
        for number in range(streams)
    ]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        load.end()
        for thread in threads:
            thread.join(TIMEOUT)
