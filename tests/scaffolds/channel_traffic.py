"""Many listeners to one channel on two workers, while workers and Redis are killed and restarted.

Run by `test_channel_served.py` with a few listeners for seconds, and by
`benchmarks/bench_channel.py` with hundreds for minutes.
"""

import asyncio
import os
import signal
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from pydantic import BaseModel
from redis import Redis

from scaffolds.backends import RedisServer, backend_module
from scaffolds.channel_listeners import Crowd, Crowded, Heard, place_of

Fault = Literal["a worker", "all workers", "redis", "redis for a while", "a rolling restart"]


class Tick(BaseModel):
    number: int
    sent: float
    text: str = ""


class Site(Protocol):
    """What is served, by some workers."""

    @property
    def port(self) -> int: ...

    @property
    def path(self) -> str: ...

    def workers(self) -> list[int]:
        """Their processes."""

    def roll(self) -> None:
        """Begins a rolling restart."""


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
    processes: int = 1


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it. Delays are in seconds, and those of the outages among them."""

    published: int
    published_twice: int
    unacknowledged: int
    lost_by_redis: int
    delivered: int
    missing: int
    twice: int
    disordered: int
    gaps: int
    connections: int
    refused: int
    median: float
    p99: float
    longest: float
    listeners_processor: float

    @property
    def is_clean(self) -> bool:
        wrong = (self.published_twice, self.lost_by_redis, self.missing, self.twice)
        return not any((*wrong, self.disordered, self.gaps))


async def traffic(plan: Plan, *, site: Site, redis: RedisServer) -> Report:
    """Publishes and listens, and compares what arrived with what Redis has, and we remember."""
    crowds = [Crowded(crowd) for crowd in _crowds(plan, site)]
    try:
        await asyncio.gather(*(crowd.receive() for crowd in crowds))
        for crowd in crowds:
            crowd.begin()
        troubles = asyncio.create_task(_break(plan, site, redis))
        acknowledged = await _publish(plan)
        await troubles
        log = await asyncio.to_thread(_log, redis)
        places = array("Q", map(place_of, log))
        heard = await asyncio.gather(*(crowd.end(places) for crowd in crowds))
    finally:
        for crowd in crowds:
            crowd.kill()
    return _report(heard, log, acknowledged)


async def until(what: Callable[[], Any], *, seconds: float = 60) -> None:
    """Waits without stopping the loop."""
    async with asyncio.timeout(seconds):
        while not what():
            await asyncio.sleep(0.05)


def _crowds(plan: Plan, site: Site) -> list[Crowd]:
    share, disconnects = plan.listeners // plan.processes, plan.disconnects // plan.processes
    return [
        Crowd(site.port, site.path, share, plan.seconds, disconnects, seed=plan.seed + number)
        for number in range(plan.processes)
    ]


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


async def _break(plan: Plan, site: Site, redis: RedisServer) -> None:
    begin = time.time()
    for moment, fault in plan.faults:
        await asyncio.sleep(begin + moment - time.time())
        match fault:
            case "a worker":
                _kill(site.workers()[:1])
            case "all workers":
                _kill(site.workers())
            case "redis":
                await asyncio.to_thread(redis.kill)
                await asyncio.to_thread(redis.start)
            case "redis for a while":
                await asyncio.to_thread(redis.kill)
                await asyncio.sleep(plan.away)
                await asyncio.to_thread(redis.start)
            case "a rolling restart":
                site.roll()


def _kill(workers: list[int]) -> None:
    for worker in workers:
        os.kill(worker, signal.SIGKILL)


def _log(redis: RedisServer) -> dict[str, str]:
    """The ids of what Redis has, in order, and the text of each."""
    with Redis.from_url(redis.url, decode_responses=True) as client:
        entries: Any = client.xrange("channel:ticks")
    return {id: fields["value"] for id, fields in entries}


def _report(heard: list[Heard], log: dict[str, str], acknowledged: list[str]) -> Report:
    numbers = {Tick.model_validate_json(text).number for text in log.values()}
    delays = sorted(delay for each in heard for delay in each.delays)
    return Report(
        published=len(log),
        published_twice=len(log) - len(numbers),
        unacknowledged=len(log.keys() - set(acknowledged)),
        lost_by_redis=len(set(acknowledged) - log.keys()),
        delivered=len(delays),
        missing=sum(each.missing for each in heard),
        twice=sum(each.twice for each in heard),
        disordered=sum(each.disordered for each in heard),
        gaps=sum(each.gaps for each in heard),
        connections=sum(each.connections for each in heard),
        refused=sum(each.refused for each in heard),
        median=delays[len(delays) // 2],
        p99=delays[int(len(delays) * 0.99)],
        longest=delays[-1],
        listeners_processor=sum(each.seconds for each in heard),
    )
