"""Random things happen to a channel, and what its listeners got is compared with a simple model.

The model: a list of what was published. A listener gets what comes after the last id that it has
seen, each once and in order, also over connections, workers and a Redis that end meanwhile. It gets
a gap where, and only where, what comes next for it is no longer kept.

Run by `test_channel_model.py` with a few seeds, by `benchmarks/bench_channel_model.py` with many.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from scaffolds.backends import RedisServer, backend_module

channel = backend_module("channel")
place_of = backend_module("channel_memory").place_of

HISTORY, PUBLISHERS, LISTENERS, EVENTS = 20, 2, 6, 100
"""Of each scene: `EVENTS` by every publisher."""

WORKER: ContextVar[Any] = ContextVar("worker")
"""The store of the worker that the current task is of."""


@dataclass(frozen=True, slots=True)
class Item:
    """What a listener got, and how many events were surely no longer kept then."""

    told: Any
    dropped: int


@dataclass(slots=True)
class Listener:
    """A client that goes on, after the last id that it has seen, whenever it is cut off."""

    seed: int
    items: list[Item] = field(default_factory=list)
    session: asyncio.Task[None] | None = None

    @property
    def last_id(self) -> str | None:
        return self.items[-1].told.id if self.items else None


@dataclass(slots=True)
class Scene:
    """Everything that happens, by one seed."""

    chance: random.Random
    make_store: Callable[[], Any]
    redis: RedisServer | None
    workers: list[Any] = field(default_factory=list)
    published: list[tuple[str, int]] = field(default_factory=list)
    dropped: int = 0
    final: str | None = None


async def explore(seed: int, redis: RedisServer | None = None) -> int:
    """Plays a scene; how many gaps there were.

    Raises:
        AssertionError: somebody got what the model does not say.
    """
    scene = Scene(random.Random(seed), _store_of(redis), redis)
    scene.workers = [scene.make_store() for _ in range(2 if redis else 1)]
    listeners = [Listener(scene.chance.getrandbits(32)) for _ in range(LISTENERS)]
    with patch.object(channel, "store", WORKER.get):
        async with asyncio.timeout(120), asyncio.TaskGroup() as group:
            for listener in listeners:
                group.create_task(_listen(scene, listener))
            publishing = [group.create_task(_publish(scene)) for _ in range(PUBLISHERS)]
            troubles = group.create_task(_trouble(scene, listeners, publishing))
            await asyncio.wait([*publishing, troubles])
            scene.final = await _publish_one(scene, -1)
            for listener in listeners:  # who got it already did not know that it was the last
                if listener.session:
                    listener.session.cancel()
    for worker in scene.workers:
        await worker.close()
    scene.published.sort(key=lambda event: place_of(event[0]))
    return sum(_compare(listener, scene.published) for listener in listeners)


def _store_of(redis: RedisServer | None) -> Callable[[], Any]:
    if redis is None:
        return lambda: backend_module("channel_memory").Memory()
    return lambda: backend_module("channel_redis").Redis(redis.url)


def _channel() -> Any:
    return channel.Channel[int]("model", history=HISTORY)


async def _publish(scene: Scene) -> None:
    store = scene.workers[0] if scene.redis is None else scene.make_store()
    WORKER.set(store)
    chance = random.Random(scene.chance.getrandbits(32))
    for _ in range(EVENTS):
        await _publish_one(scene, chance.getrandbits(32))
        if chance.random() < 0.3:  # otherwise in bursts, which overtake slow listeners
            await asyncio.sleep(chance.uniform(0, 0.02))
    if scene.redis:
        await store.close()


async def _publish_one(scene: Scene, value: int) -> str:
    if WORKER.get(None) is None:
        WORKER.set(scene.workers[0])
    id = await _channel().publish(value)
    scene.published.append((id, value))
    # others may have published meanwhile, and are not yet counted
    scene.dropped = max(scene.dropped, len(scene.published) + PUBLISHERS - HISTORY)
    return str(id)


async def _listen(scene: Scene, listener: Listener) -> None:
    chance = random.Random(listener.seed)
    await asyncio.sleep(chance.uniform(0, 0.2))
    while scene.final is None or listener.last_id != scene.final:
        WORKER.set(chance.choice(scene.workers))
        listener.session = asyncio.create_task(_follow(scene, listener, chance))
        await asyncio.wait([listener.session])
        if not listener.session.cancelled():
            listener.session.result()
        await asyncio.sleep(chance.uniform(0, 0.05))


async def _follow(scene: Scene, listener: Listener, chance: random.Random) -> None:
    stays, slowness = chance.choice([3, 30, 300]), chance.choice([0, 0, 0.001, 0.02])
    after = listener.last_id
    if after is None and chance.random() < 0.5:
        after = "0-0"
    async for told in _channel().follow(after):
        listener.items.append(Item(told, scene.dropped))
        stays -= 1
        if told.id == scene.final or (scene.final is None and stays == 0):
            return
        if scene.final is None and slowness:
            await asyncio.sleep(chance.uniform(0, slowness))


async def _trouble(
    scene: Scene, listeners: list[Listener], publishing: list[asyncio.Task[None]]
) -> None:
    """One thing after the other, until all is published."""
    kinds: list[Callable[[], Awaitable[Any]]] = [lambda: _cut_off(scene, listeners)]
    if redis := scene.redis:
        kinds += [
            lambda: asyncio.to_thread(redis.ask, "CLIENT", "KILL", "TYPE", "normal"),
            lambda: _trim(scene, redis),
            lambda: _restart_worker(scene, listeners),
            lambda: _restart_redis(redis),
        ]
    while not all(task.done() for task in publishing):
        await asyncio.sleep(scene.chance.uniform(0, 0.1))
        await scene.chance.choice(kinds)()


async def _cut_off(scene: Scene, listeners: list[Listener]) -> None:
    if session := scene.chance.choice(listeners).session:
        session.cancel()


async def _trim(scene: Scene, redis: RedisServer) -> None:
    scene.dropped = len(scene.published) + PUBLISHERS
    await asyncio.to_thread(redis.ask, "XTRIM", "channel:model", "MAXLEN", "2")
    scene.dropped = max(scene.dropped, len(scene.published) + PUBLISHERS - 2)


async def _restart_worker(scene: Scene, listeners: list[Listener]) -> None:
    old, scene.workers[1] = scene.workers[1], scene.make_store()
    sessions = [listener.session for listener in listeners if listener.session]
    for session in sessions:
        session.cancel()
    if sessions:
        await asyncio.wait(sessions)
    await old.close()


async def _restart_redis(redis: RedisServer) -> None:
    await asyncio.to_thread(redis.kill)
    await asyncio.to_thread(redis.start)


def _compare(listener: Listener, published: list[tuple[str, int]]) -> int:
    """The gaps of a listener that got what it should have got."""
    numbers = {id: number for number, (id, _) in enumerate(published)}
    expected, gaps = None, 0
    for item in listener.items:
        match item.told:
            case channel.Start(id):
                assert expected is None, "a second beginning"
                expected = _next_after(id, published)
            case channel.Gap(id):
                due, expected, gaps = expected or 0, _next_after(id, published), gaps + 1
                assert due < expected, f"a gap where {due} was due, and nothing is missing"
                assert due < item.dropped, f"a gap where {due} was due, and is kept"
            case channel.Event(id, value):
                number = numbers[id]
                assert published[number][1] == value
                assert number == (expected or 0), f"{number} came, {expected} was due"
                expected = number + 1
    assert expected == len(published), "not all came"
    return gaps


def _next_after(id: str, published: list[tuple[str, int]]) -> int:
    """The number of the first event after an id."""
    return sum(place_of(each) <= place_of(id) for each, _ in published)
