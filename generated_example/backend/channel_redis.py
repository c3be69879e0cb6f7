"""Channels in Redis Streams, for several workers, and for events that outlive them.

Every worker has one connection on which it waits for the news of all channels that are followed
there, and a few for all else. Redis may go away and come back: followers wait, `publish` tries
again for a while, and nothing is lost or doubled that Redis has kept. It keeps events over a crash
when its settings say `appendonly yes`; followers are told by a `Gap` when it did not keep all.
"""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from redis import asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    ClusterDownError,
    MasterDownError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)

from .channel_entries import APPEND, border_after, entry_of
from .channel_memory import BEGINNING, Log, Missed, Place, Ring, place_of, text_of

T = TypeVar("T")

SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 1.0
"""Seconds between two tries."""

BLOCK = 1.0
"""Seconds that Redis holds a request for news. Its answer may take ANSWER more."""

ANSWER = 5.0

BATCH = 500
"""The most events read at once."""

CONNECTIONS = 8
"""The most that a worker opens beside the one that waits for news."""

PREFIX = "channel:"

EPOCH = "channels:epoch"
"""A key that is gone when Redis has forgotten everything."""

AWAY = (
    *(redis.ConnectionError, redis.TimeoutError, OSError, OutOfMemoryError, ReadOnlyError),
    *(ClusterDownError, MasterDownError),
)
"""What passes: also that it is full until events expire, or that another one takes over."""

REFUSALS = ("MISCONF", "NOREPLICAS")
"""Of a Redis whose disk is full or whose replicas are away: this passes, too."""

REMEMBERED = 60
"""Seconds for which `publish` may be tried again."""

logger = logging.getLogger("uvicorn.error")


class Redis:
    """Keeps channels in the Redis at `url`."""

    def __init__(self, url: str) -> None:
        # tried again here alone, where it is known what may be done twice
        settings: dict[str, Any] = {
            "decode_responses": True,
            "encoding_errors": "replace",  # others may write into a stream of ours
            "socket_timeout": BLOCK + ANSWER,
            "retry": Retry(NoBackoff(), 0),
        }
        self._client = redis.Redis.from_url(url, **settings)
        self._waiter = redis.Redis.from_url(url, single_connection_client=True, **settings)
        self._turns = asyncio.Semaphore(CONNECTIONS)
        self._append = self._client.register_script(APPEND)
        self._rings: WeakValueDictionary[str, Ring] = WeakValueDictionary()
        self._newest: Place = (0, 0)  # of all that this worker has seen
        self._epoch: str | None = None
        self._reader: asyncio.Task[None] | None = None
        self._blocked: int | None = None
        self._said_away = False

    async def append(self, channel: Log, text: str, *, is_last: bool) -> Place | None:
        key = PREFIX + channel.name
        keys = [key, f"{key}:{secrets.token_hex(8)}"]
        values: list[Any] = [channel.history, channel.keep, text, *self._newest, REMEMBERED]
        id = await self._persist(lambda: self._append(keys, [*values, int(is_last)]))
        return self._seen(place_of(id)) if id else None

    async def ring(self, channel: Log) -> Ring:
        ring = self._rings.get(channel.name)
        if ring is None:
            about = await self._persist(lambda: self._about(channel.name))
            place = self._seen(place_of(about["last-generated-id"]) if about else (0, 0))
            ring = self._rings.get(channel.name)  # another follower may have been faster
        if ring is None:
            ring = self._rings[channel.name] = Ring(place, channel.history)
            await self._read_this_too()
        return ring

    async def read(self, channel: Log, place: Place) -> Missed:
        return await self._persist(lambda: self._after(channel.name, place))

    async def is_empty(self, channel: Log) -> bool:
        return not await self._persist(lambda: self._client.exists(PREFIX + channel.name))

    async def prolong(self, channel: Log) -> None:
        await self._persist(lambda: self._client.expire(PREFIX + channel.name, channel.keep))

    async def claim(self, name: str, holder: str, *, seconds: float) -> str:
        most = int(1000 * seconds)
        ask: Any = partial(self._client.set, PREFIX + name, holder, nx=True, px=most, get=True)
        return await self._persist(ask) or holder

    async def renew(self, name: str, *, seconds: float) -> bool:
        ask = partial(self._client.pexpire, PREFIX + name, int(1000 * seconds))
        return bool(await self._persist(ask))

    async def is_claimed(self, name: str) -> bool:
        return bool(await self._persist(partial(self._client.exists, PREFIX + name)))

    async def close(self) -> None:
        if self._reader:
            self._reader.cancel()
            await asyncio.wait([self._reader])
        await self._client.aclose()
        await self._waiter.aclose()

    async def _about(self, name: str) -> dict[str, Any] | None:
        try:
            return dict(await self._client.xinfo_stream(PREFIX + name))
        except ResponseError:  # there is none
            return None

    async def _after(self, name: str, place: Place) -> Missed:
        async with self._client.pipeline(transaction=True) as pipeline:
            pipeline.xrange(PREFIX + name, min=f"({text_of(place)}", count=BATCH)
            pipeline.xinfo_stream(PREFIX + name)
            found, about = await pipeline.execute(raise_on_error=False)
        if isinstance(found, Exception):  # as while Redis starts
            raise found
        border = border_after(place, None if isinstance(about, ResponseError) else about)
        if border is None:
            return Missed(place, [entry_of(*each) for each in found], is_gap=False)
        left = await self._after(name, border)  # of which some may be trimmed by now
        return Missed(left.place, left.entries, is_gap=True)

    async def _read_this_too(self) -> None:
        """Lets the reader ask again: the channels that it waits for have become more."""
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())
        elif self._blocked is not None:
            unblock = partial(self._client.client_unblock, self._blocked)
            with contextlib.suppress(RedisError, OSError):  # else it finds out by itself
                await _cancellable(unblock)

    async def _read(self) -> None:
        """Feeds the rings of all channels that are followed here, until there are none."""
        self._epoch, pause = None, SHORTEST_PAUSE
        while self._rings:
            try:
                self._blocked = await _cancellable(self._waiter.client_id)
                await _cancellable(self._look_for_tears)
                while self._rings:
                    await _cancellable(self._look_for_an_epoch)
                    until = time.monotonic() + BLOCK
                    while self._rings and time.monotonic() < until:
                        await _cancellable(self._read_once)
                        pause, self._said_away = SHORTEST_PAUSE, False
            except (RedisError, OSError) as error:
                self._say_away(error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _read_once(self) -> None:
        # the rings themselves are not held here: one that nobody follows goes
        places: Any = {PREFIX + name: text_of(ring.last) for name, ring in self._rings.items()}
        found: Any = await self._waiter.xread(places, count=BATCH, block=int(1000 * BLOCK))
        for key, entries in found:
            if ring := self._rings.get(key.removeprefix(PREFIX)):
                before = place_of(entries[0][1].get("before") or BEGINNING)
                if before > ring.last:  # some were trimmed, before they were read
                    ring.begin_after(before)
                for entry in entries:
                    ring.append(entry_of(*entry))
                self._seen(ring.last)

    async def _look_for_tears(self) -> None:
        """A Redis that comes back may have lost the newest of what was read of it."""
        for name, ring in list(self._rings.items()):
            border = border_after(ring.last, await self._about(name))
            if border is not None and border <= ring.last:
                self._tear(name, ring)

    async def _look_for_an_epoch(self) -> None:
        """A Redis that has forgotten everything may have lost also what nobody has read."""
        new = secrets.token_hex(8)
        known: Any = await self._client.set(EPOCH, new, nx=True, get=True)
        epoch = known or new
        if self._epoch not in (None, epoch):
            for name, ring in list(self._rings.items()):
                self._tear(name, ring)
        self._epoch = epoch

    def _tear(self, name: str, ring: Ring) -> None:
        self._rings.pop(name, None)
        ring.tear()

    def _seen(self, place: Place) -> Place:
        self._newest = max(self._newest, place)
        return place

    async def _persist(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Asks Redis again and again, with pauses, while it cannot be reached."""
        pause = SHORTEST_PAUSE
        while True:
            try:
                async with self._turns:
                    return await _cancellable(ask)
            except (*AWAY, ResponseError) as error:
                if not isinstance(error, AWAY) and not str(error).startswith(REFUSALS):
                    raise
                self._say_away(error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _say_away(self, error: Exception) -> None:
        if not self._said_away:
            self._said_away = True
            logger.warning("Redis does not answer, and is asked again and again: %s", error)


async def _cancellable(ask: Callable[[], Awaitable[T]]) -> T:
    """`asyncio.wait_for`, which redis-py calls, swallows some cancellations before Python 3.12."""
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    try:
        return await ask()
    finally:
        if task and task.cancelling() > before:
            raise asyncio.CancelledError
