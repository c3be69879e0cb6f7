"""Channels in Redis Streams, for several workers, and for events that outlive them.

Every worker has one connection on which it waits for the news of all channels that are followed
there. Redis may go away and come back: followers wait, `publish` tries again for a while, and
nothing is lost or doubled that Redis has kept. It keeps events over a crash when its settings say
`appendonly yes`; a follower is told of those that it did not keep by a `Gap`.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from redis import asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from .channel_memory import Entry, Log, Missed, Place, Ring, place_of, text_of

T = TypeVar("T")

PATIENCE = 30
"""Seconds for which `publish` tries to reach Redis."""

SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 1.0
"""Seconds between two tries."""

BLOCK = 1.0
"""Seconds that Redis holds a request for news. Its answer may take ANSWER more."""

ANSWER = 5.0

BATCH = 500
"""The most events read at once."""

PREFIX = "channel:"

# The token makes it safe to try again after an answer was lost: an event is added once.
APPEND = """
local known = redis.call('GET', KEYS[2])
if known then return known end
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'value', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('SET', KEYS[2], id, 'EX', ARGV[4])
return id
"""

logger = logging.getLogger("uvicorn.error")


class Redis:
    """Keeps channels in the Redis at `url`."""

    def __init__(self, url: str) -> None:
        # tried again here alone, where it is known what may be done twice
        settings: dict[str, Any] = {
            "decode_responses": True,
            "socket_timeout": BLOCK + ANSWER,
            "retry": Retry(NoBackoff(), 0),
        }
        self._client = redis.Redis.from_url(url, **settings)
        self._waiter = redis.Redis.from_url(url, single_connection_client=True, **settings)
        self._append = self._client.register_script(APPEND)
        self._rings: WeakValueDictionary[str, Ring] = WeakValueDictionary()
        self._reader: asyncio.Task[None] | None = None
        self._blocked: int | None = None
        self._said_away = False

    async def append(self, channel: Log, text: str) -> Place:
        key = PREFIX + channel.name
        keys = [key, f"{key}:{secrets.token_hex(8)}"]
        values: list[Any] = [channel.history, channel.keep, text, 2 * PATIENCE]
        try:
            async with asyncio.timeout(PATIENCE):
                return place_of(await self._persist(lambda: self._append(keys, values)))
        except TimeoutError:
            raise ConnectionError(f"Redis took no event for {PATIENCE} seconds") from None

    async def ring(self, channel: Log) -> Ring:
        ring = self._rings.get(channel.name)
        if ring is None:
            about = await self._persist(lambda: self._about(channel.name))
            place = place_of(about["last-generated-id"]) if about else (0, 0)
            # another follower may have been faster
            ring = self._rings.setdefault(channel.name, Ring(place, channel.history))
            await self._read_this_too()
        return ring

    async def read(self, channel: Log, place: Place) -> Missed:
        return await self._persist(lambda: self._after(channel.name, place))

    async def claim(self, name: str, seconds: float) -> bool:
        ask = partial(self._client.set, PREFIX + name, "", nx=True, px=int(1000 * seconds))
        return bool(await self._persist(ask))

    async def renew(self, name: str, seconds: float) -> bool:
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
        is_gap = _is_gap(place, None if isinstance(about, ResponseError) else about)
        if is_gap and place != (0, 0):
            return Missed((0, 0), (await self._after(name, (0, 0))).entries, is_gap)
        return Missed(place, [_entry(*each) for each in found], is_gap)

    async def _read_this_too(self) -> None:
        """Lets the reader ask again: the channels that it waits for have become more."""
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())
        elif self._blocked is not None:
            with contextlib.suppress(RedisError, OSError):  # else it finds out by itself
                await self._client.client_unblock(self._blocked)

    async def _read(self) -> None:
        """Feeds the rings of all channels that are followed here, until there are none."""
        while self._rings:
            try:
                self._blocked = await _cancellable(self._waiter.client_id)
                await self._look_for_tears()
                self._said_away = False
                while self._rings:
                    await _cancellable(self._read_once)
            except (RedisError, OSError) as error:
                self._say_away(error)
                await asyncio.sleep(SHORTEST_PAUSE)

    async def _read_once(self) -> None:
        # the rings themselves are not held here: one that nobody follows goes
        places: Any = {PREFIX + name: text_of(ring.last) for name, ring in self._rings.items()}
        found: Any = await self._waiter.xread(places, count=BATCH, block=int(1000 * BLOCK))
        for key, entries in found:
            if ring := self._rings.get(key.removeprefix(PREFIX)):
                for entry in entries:
                    ring.append(_entry(*entry))

    async def _look_for_tears(self) -> None:
        """A Redis that comes back may have lost what was read of it, and what was not."""
        for name, ring in list(self._rings.items()):
            if _is_gap(ring.last, await self._about(name)):
                ring.tear()

    async def _persist(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Asks Redis again and again, with pauses, while it cannot be reached."""
        pause = SHORTEST_PAUSE
        while True:
            try:
                return await _cancellable(ask)
            except (redis.ConnectionError, redis.TimeoutError, OSError) as error:
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
    found = await ask()
    if task and task.cancelling() > before:
        raise asyncio.CancelledError
    return found


def _is_gap(place: Place, about: dict[str, Any] | None) -> bool:
    """Whether events after a place are gone, as far as Redis can tell: who was there is."""
    if about is None:
        return place != (0, 0)
    if place == (0, 0):
        return bool(about["entries-added"] > about["length"])
    oldest = about["first-entry"]
    first = place_of(oldest[0] if oldest else about["last-generated-id"])
    return not first <= place <= place_of(about["last-generated-id"])


def _entry(id: str, fields: dict[str, str]) -> Entry:
    return Entry(place_of(id), fields["value"])
