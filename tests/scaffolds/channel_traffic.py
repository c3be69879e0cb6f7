"""Many listeners to one channel on two workers, while workers and Redis are killed and restarted.

Run by `test_channel_served.py` with a few listeners for seconds, and by
`benchmarks/bench_channel.py` with hundreds for minutes.
"""

import asyncio
import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

from pydantic import BaseModel
from redis import Redis

from scaffolds.backends import RedisServer, backend_module
from scaffolds.channel_serving import Served

Fault = Literal["a worker", "all workers", "redis", "redis for a while", "a rolling restart"]


class Tick(BaseModel):
    number: int
    sent: float
    text: str = ""


@dataclass
class Listener:
    """Follows the channel as a browser does: a lost connection is taken up again."""

    port: int
    chance: random.Random
    start: str = ""
    last: str = ""
    ids: list[str] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    gaps: int = 0
    connections: int = 0
    _writer: asyncio.StreamWriter | None = None

    async def listen(self) -> None:
        while True:
            with contextlib.suppress(OSError):
                await self._connect()
            await asyncio.sleep(self.chance.uniform(0.05, 0.5))

    def disconnect(self) -> None:
        """The connection is lost; nobody has said goodbye."""
        if self._writer:
            self._writer.transport.abort()

    async def _connect(self) -> None:
        reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        again = f"Last-Event-ID: {self.last}\r\n" if self.last else ""
        self._writer.write(f"GET /ticks HTTP/1.0\r\nHost: x\r\n{again}\r\n".encode())
        self.connections += 1
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            assert b" 200 " in head, head
            rest = b""
            while chunk := await reader.read(65536):
                *blocks, rest = (rest + chunk).split(b"\n\n")
                for block in blocks:
                    self._take(block)
        except asyncio.IncompleteReadError:
            pass
        finally:
            self._writer.close()

    def _take(self, block: bytes) -> None:
        fields = dict(line.partition(b": ")[::2] for line in block.split(b"\n"))
        if b"id" not in fields:
            return
        self.last = fields[b"id"].decode()
        match fields.get(b"event"):
            case b"tick":
                self.ids.append(self.last)
                sent = fields[b"data"].partition(b'"sent":')[2].partition(b",")[0]
                self.delays.append(time.time() - float(sent))
            case b"gap":
                self.gaps += 1
            case _:
                self.start = self.start or self.last


@dataclass(frozen=True, slots=True)
class Plan:
    """How many, for how long, and what goes wrong meanwhile: seconds and what it is."""

    listeners: int
    seconds: float
    disconnects: int
    faults: tuple[tuple[float, Fault], ...] = ()
    away: float = 20.0
    rate: float = 20.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it."""

    published: int
    unacknowledged: int
    delivered: int
    missing: int
    twice: int
    disordered: int
    gaps: int
    connections: int
    median: float
    p99: float

    @property
    def is_clean(self) -> bool:
        return not (self.missing or self.twice or self.disordered or self.gaps)


async def traffic(plan: Plan, *, served: Served, redis: RedisServer) -> Report:
    """Publishes and listens, and compares what arrived with what Redis has."""
    chance = random.Random(plan.seed)
    listeners = [
        Listener(served.port, random.Random(chance.random())) for _ in range(plan.listeners)
    ]
    tasks = [asyncio.create_task(listener.listen()) for listener in listeners]
    try:
        await until(lambda: all(listener.start for listener in listeners))
        troubles = [
            asyncio.create_task(_disconnect(plan, listeners, chance)),
            asyncio.create_task(_break(plan, served, redis)),
        ]
        acknowledged = await _publish(plan)
        await asyncio.gather(*troubles)
        log = await asyncio.to_thread(_log, redis)
        assert set(acknowledged) <= set(log), "Redis has lost what it had acknowledged"
        with contextlib.suppress(TimeoutError):  # what is missing is counted
            await until(
                lambda: all(listener.last == log[-1] for listener in listeners), seconds=120
            )
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return _report(listeners, log, acknowledged)


async def until(what: Callable[[], Any], *, seconds: float = 60) -> None:
    """Waits without stopping the loop."""
    async with asyncio.timeout(seconds):
        while not what():
            await asyncio.sleep(0.05)


async def _publish(plan: Plan) -> list[str]:
    """As another process of the application would; the ids that it was given."""
    module = backend_module("channel")
    ids = []
    async with module.channels():
        ticks = module.Channel[Tick]("ticks", history=100_000)
        begin = time.time()
        for number in range(int(plan.rate * plan.seconds)):
            await asyncio.sleep(begin + number / plan.rate - time.time())
            ids.append(await ticks.publish(Tick(number=number, sent=time.time())))
    return ids


async def _disconnect(plan: Plan, listeners: list[Listener], chance: random.Random) -> None:
    moments = sorted(chance.uniform(0, plan.seconds) for _ in range(plan.disconnects))
    begin = time.time()
    for moment in moments:
        await asyncio.sleep(begin + moment - time.time())
        chance.choice(listeners).disconnect()


async def _break(plan: Plan, served: Served, redis: RedisServer) -> None:
    begin = time.time()
    for moment, fault in plan.faults:
        await asyncio.sleep(begin + moment - time.time())
        match fault:
            case "a worker":
                os.kill(served.workers()[0], signal.SIGKILL)
            case "all workers":
                for worker in served.workers():
                    os.kill(worker, signal.SIGKILL)
            case "redis":
                await asyncio.to_thread(redis.kill)
                await asyncio.to_thread(redis.start)
            case "redis for a while":
                await asyncio.to_thread(redis.kill)
                await asyncio.sleep(plan.away)
                await asyncio.to_thread(redis.start)
            case "a rolling restart":
                served.process.send_signal(signal.SIGHUP)


def _log(redis: RedisServer) -> list[str]:
    with Redis.from_url(redis.url, decode_responses=True) as client:
        entries: Any = client.xrange("channel:ticks")
    return [id for id, _ in entries]


def _place(id: str) -> tuple[int, int]:
    first, _, second = id.partition("-")
    return int(first), int(second)


def _report(listeners: list[Listener], log: list[str], acknowledged: list[str]) -> Report:
    missing = twice = disordered = 0
    for listener in listeners:
        expected = {id for id in log if _place(id) > _place(listener.start)}
        places = [_place(id) for id in listener.ids]
        missing += len(expected - set(listener.ids))
        twice += len(places) - len(set(places))
        disordered += sum(later < earlier for earlier, later in pairwise(places))
    delays = sorted(delay for listener in listeners for delay in listener.delays)
    return Report(
        published=len(log),
        unacknowledged=len(set(log) - set(acknowledged)),
        delivered=len(delays),
        missing=missing,
        twice=twice,
        disordered=disordered,
        gaps=sum(listener.gaps for listener in listeners),
        connections=sum(listener.connections for listener in listeners),
        median=delays[len(delays) // 2],
        p99=delays[int(len(delays) * 0.99)],
    )
