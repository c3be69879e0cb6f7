"""What becomes of open streams when what `fluidkit start` runs is told to end, or to restart."""

import asyncio
import itertools
import os
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from running import answer, free_port, wait_for


@dataclass(slots=True)
class Follower:
    """A client of one stream, which asks the next of `ports` when it has lost its connection."""

    ports: tuple[int, ...]
    numbers: list[int] = field(default_factory=list)
    ends: int = 0
    """How often the stream has looked as if it were over."""
    lost_at: float = 0
    back_after: float | None = None

    async def follow(self) -> None:
        for port in itertools.cycle(self.ports):
            try:
                await self._read(port)
            except OSError:
                await asyncio.sleep(0.02)

    async def _read(self, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            last = f"Last-Event-ID: {self.numbers[-1]}\r\n" if self.numbers else ""
            writer.write(f"GET /api/tenths HTTP/1.1\r\nHost: localhost\r\n{last}\r\n".encode())
            if b" 200 " not in await reader.readline():
                raise ConnectionError
            while line := await reader.readline():
                if line.startswith(b"id: "):
                    self._came(int(line[4:]))
                self.ends += line == b"0\r\n"
        finally:
            writer.close()
            self.lost_at = self.lost_at or time.monotonic()

    def _came(self, number: int) -> None:
        self.numbers.append(number)
        if self.lost_at and self.back_after is None:
            self.back_after = time.monotonic() - self.lost_at

    @property
    def faults(self) -> int:
        """Events that did not come, or came twice, and ends that were none."""
        came = set(self.numbers)
        missed = len(range(self.numbers[0], self.numbers[-1] + 1)) - len(came)
        return missed + len(self.numbers) - len(came) + self.ends


@dataclass(frozen=True, slots=True)
class Started:
    """A `fluidkit start`, with a mark in the environment of all that it runs."""

    port: int
    mark: str
    process: subprocess.Popen[bytes]
    log: Path

    def says(self, text: str) -> bool:
        return text in self.log.read_text(encoding="utf-8")

    def is_gone(self) -> bool:
        return self.process.poll() is not None and not _marked(self.mark)


@contextmanager
def started(folder: Path, *, workers: int = 1) -> Iterator[Started]:
    port, mark = free_port(), secrets.token_hex(8)
    command = [sys.executable, "-m", "fluidkit_cli", "start", "--port", str(port)]
    log = folder / f"{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--workers", str(workers)],
            cwd=folder,
            env={**os.environ, "STOPPING": mark},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(lambda: (answer(f"http://127.0.0.1:{port}/readyz") or (0, ""))[0] == 200)
        yield Started(port, mark, process, log)
    finally:
        process.terminate()
        process.wait(timeout=20)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Seconds until the processes were gone, or new; the followers; how many had lost theirs."""

    seconds: float
    followers: list[Follower]

    @property
    def back_after(self) -> list[float]:
        """Seconds, of those who had lost their connection, until they had events again."""
        return sorted(each.back_after for each in self.followers if each.back_after is not None)

    @property
    def faults(self) -> int:
        return sum(each.faults for each in self.followers)


async def stop_one_of_two(folder: Path, *, streams: int) -> Outcome:
    """SIGTERM to one of two, which has all the streams: they go on at the other one."""
    with started(folder) as first, started(folder) as second:
        async with _following(streams, (first.port, second.port)) as followers:
            begin = time.monotonic()
            first.process.send_signal(signal.SIGTERM)
            await _until(first.is_gone)
            seconds = time.monotonic() - begin
            await _until(lambda: all(each.back_after is not None for each in followers))
        return Outcome(seconds, followers)


async def restart(folder: Path, *, streams: int, workers: int) -> Outcome:
    """SIGHUP to one of several workers: streams go on at whichever worker serves."""
    with started(folder, workers=workers) as run:
        async with _following(streams, (run.port,)) as followers:
            begin = time.monotonic()
            run.process.send_signal(signal.SIGHUP)
            await _until(lambda: run.says(" restarted "))
            seconds = time.monotonic() - begin
            await _until(lambda: all(each.back_after is not None for each in followers))
        return Outcome(seconds, followers)


async def restart_under_load(folder: Path, *, askers: int) -> Counter[str]:
    """SIGHUP while all ask one question after the other: how often they heard what.

    Half of them keep their connections for as long as they may.
    """
    heard: Counter[str] = Counter()
    over = asyncio.Event()
    with started(folder, workers=2) as run:
        tasks = [
            asyncio.create_task(_ask(run.port, heard, over, keep=number % 2 == 0))
            for number in range(askers)
        ]
        await _until(lambda: heard["200"] > askers)
        run.process.send_signal(signal.SIGHUP)
        await _until(lambda: run.says(" restarted "))
        over.set()
        await asyncio.gather(*tasks)
    return heard


async def _ask(port: int, heard: Counter[str], over: asyncio.Event, *, keep: bool) -> None:
    limits = httpx2.Limits(max_keepalive_connections=1 if keep else 0)
    async with httpx2.AsyncClient(limits=limits, timeout=20) as client:
        while not over.is_set():
            try:
                response = await client.get(f"http://127.0.0.1:{port}/api/answer")
                heard[str(response.status_code)] += 1
            except httpx2.HTTPError as error:
                heard[type(error).__name__] += 1


@asynccontextmanager
async def _following(streams: int, ports: tuple[int, ...]) -> AsyncIterator[list[Follower]]:
    """All have events inside of it, and have some more at its end."""
    followers = [Follower(ports) for _ in range(streams)]
    tasks = [asyncio.create_task(follower.follow()) for follower in followers]
    await _until(lambda: all(each.numbers for each in followers))
    yield followers
    newest = max(each.numbers[-1] for each in followers)
    await _until(lambda: all(each.numbers[-1] > newest for each in followers))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not what():
            await asyncio.sleep(0.02)


def _marked(mark: str) -> bool:
    """Whether a process has the mark in its environment."""
    for file in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"STOPPING={mark}".encode() in file.read_bytes().split(b"\0"):
                return True
    return False
