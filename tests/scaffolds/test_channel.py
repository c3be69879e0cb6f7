"""`backend/channel.py` of every workspace, in memory and in Redis."""

import asyncio
import gc
import math
import sys
from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field, computed_field

from scaffolds.backends import RedisServer, backend_module

pytestmark = pytest.mark.usefixtures("store")

channel = backend_module("channel")
memory = backend_module("channel_memory")
stores = backend_module("channel_store")
Channel, Event, Gap, Start = channel.Channel, channel.Event, channel.Gap, channel.Start

BEFORE_ANY_RESTART = "1600000000000-0"


class Note(BaseModel):
    number: int


class Joined(BaseModel):
    kind: Literal["joined"] = "joined"
    name: str


class Left(BaseModel):
    kind: Literal["left"] = "left"
    name: str


async def follow(followed: Any, *, count: int, after: str | None = None) -> list[Any]:
    """The first things that a new follower gets."""
    found: list[Any] = []
    async with asyncio.timeout(20):
        async for event in followed.follow(after):
            found.append(event)
            if len(found) == count:
                break
    return found


async def published(followed: Any, numbers: range) -> list[str]:
    return [await followed.publish(Note(number=number)) for number in numbers]


def numbers(events: list[Any]) -> list[int]:
    return [event.value.number for event in events if isinstance(event, Event)]


def run(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def as_served() -> None:
        async with channel.channels():
            await scene()

    asyncio.run(as_served())


def test_what_is_published_reaches_all_who_follow_in_its_order() -> None:
    async def scene() -> None:
        notes = Channel[Note]("notes")
        listeners = [asyncio.create_task(follow(notes, count=21)) for _ in range(10)]
        await asyncio.gather(*(begun(notes) for _ in range(3)))
        await asyncio.sleep(0)
        ids = await published(notes, range(20))
        for start, *events in await asyncio.gather(*listeners):
            assert isinstance(start, Start)
            assert [event.id for event in events] == ids
            assert numbers(events) == list(range(20))

    run(scene)


async def begun(followed: Any) -> str:
    """The id that a new follower starts at."""
    [start] = await follow(followed, count=1)
    return str(start.id)


def test_ids_grow_and_are_those_of_redis_streams() -> None:
    async def scene() -> None:
        ids = await published(Channel[Note]("notes"), range(50))
        places = [memory.place_of(id) for id in ids]
        assert all(earlier < later for earlier, later in pairwise(places))

    run(scene)


def test_who_comes_back_misses_none_and_gets_none_twice() -> None:
    async def scene() -> None:
        notes = Channel[Note]("notes")
        ids = await published(notes, range(10))
        again = await follow(notes, count=7, after=ids[2])
        assert [event.id for event in again] == ids[3:]

    run(scene)


def test_a_connection_lost_before_the_first_event_misses_none() -> None:
    async def scene() -> None:
        for name in ("quiet", "busy"):
            notes = Channel[Note](name)
            await published(notes, range(3 if name == "busy" else 0))
            start = await begun(notes)
            await published(notes, range(3, 6))
            assert numbers(await follow(notes, count=3, after=start)) == [3, 4, 5]

    run(scene)


def test_a_quiet_channel_has_no_gap() -> None:
    async def scene() -> None:
        notes = Channel[Note]("notes")
        start = await begun(notes)
        gc.collect()
        waiting = asyncio.create_task(follow(notes, count=1, after=start))
        await begun(notes)
        await published(notes, range(1))
        assert numbers(await waiting) == [0]

    run(scene)


@pytest.mark.parametrize(
    "id", [BEFORE_ANY_RESTART, "999999999999999-0", "", "rubbish", "1" * 5000, "7", "1-1\n"]
)
def test_an_id_that_is_not_known_leads_to_a_gap_and_then_to_all_there_is(id: str) -> None:
    async def scene() -> None:
        notes = Channel[Note]("notes")
        await published(notes, range(3))
        gap, *events = await follow(notes, count=4, after=id)
        assert isinstance(gap, Gap)
        assert numbers(events) == [0, 1, 2]

    run(scene)


def test_who_comes_back_too_late_is_told_of_a_gap() -> None:
    async def scene() -> None:
        notes = Channel[Note]("notes", history=10)
        ids = await published(notes, range(1000))
        gap, first, *_ = await follow(notes, count=2, after=ids[0])
        assert isinstance(gap, Gap)
        assert ids.index(first.id) >= 1000 - 10 - 100  # Redis trims by the hundred

    run(scene)


def test_who_has_seen_the_last_one_that_was_dropped_misses_none() -> None:
    async def scene() -> None:
        notes = Channel[Note]("notes", history=10)
        ids = await published(notes, range(1000))
        oldest = ids.index((await notes.kept())[0].id)
        [event] = await follow(notes, count=1, after=ids[oldest - 1])
        assert event.id == ids[oldest]
        [gap, event] = await follow(notes, count=2, after=ids[oldest - 2])
        assert isinstance(gap, Gap)
        assert (gap.id, event.id) == (ids[oldest - 1], ids[oldest])
        assert (await follow(notes, count=1, after=gap.id))[0].id == ids[oldest]

    run(scene)


def test_all_there_is_has_a_gap_once_something_was_dropped() -> None:
    async def scene() -> None:
        notes = Channel[Note]("notes", history=10)
        ids = await published(notes, range(5))
        whole = await follow(notes, count=5, after=channel.BEGINNING)
        assert [event.id for event in whole] == ids
        await published(notes, range(1000))
        assert isinstance((await follow(notes, count=1, after=channel.BEGINNING))[0], Gap)

    run(scene)


def test_a_slow_follower_is_overtaken_and_told(store: str) -> None:
    async def scene() -> None:
        notes = Channel[Note]("notes", history=100)
        slow = notes.follow()
        await anext(slow)
        ids = await published(notes, range(1))
        assert (await anext(slow)).id == ids[0]
        ids += await published(notes, range(1, 1000))
        await follow(notes, count=1, after=ids[-2])
        found = [await anext(slow) for _ in range(100)]
        gaps = [event for event in found if isinstance(event, Gap)]
        later = [ids.index(event.id) for event in found if isinstance(event, Event)]
        assert len(gaps) == 1
        assert later == sorted(set(later))
        assert all(later - earlier == 1 for earlier, later in pairwise(later))

    run(scene)


def test_a_ring_that_has_missed_something_never_skips_it_silently() -> None:
    ring = memory.Ring((0, 0), 3)
    for number in (1, 2, 3):
        ring.append(memory.Entry((number, 0), "1"))
    ring.begin_after((9, 0))
    for number in (10, 11):
        ring.append(memory.Entry((number, 0), "1"))
    assert ring.after((2, 0)) is None
    assert [entry.place for entry in ring.after((9, 0))] == [(10, 0), (11, 0)]


def test_a_union_comes_back_as_what_was_published() -> None:
    async def scene() -> None:
        presence = Channel[Joined | Left]("presence")
        start = await begun(presence)
        sent = [Joined(name="Ada"), Left(name="Ada"), Left(name="Grace")]
        for value in sent:
            await presence.publish(value)
        assert [event.value for event in await follow(presence, count=3, after=start)] == sent

    run(scene)


class Aliased(BaseModel):
    user_id: int = Field(alias="userId")

    @computed_field  # type: ignore[prop-decorator]
    @property
    def double(self) -> int:
        return 2 * self.user_id


def test_aliases_and_computed_fields_survive() -> None:
    async def scene() -> None:
        sent = Channel[Aliased]("aliased")
        start = await begun(sent)
        await sent.publish(Aliased(userId=3))
        [event] = await follow(sent, count=1, after=start)
        assert event.value == Aliased(userId=3)

    run(scene)


def test_what_is_of_another_type_is_not_published() -> None:
    async def scene() -> None:
        with pytest.raises(ValueError, match="Note"):
            await Channel[Note]("notes").publish(Joined(name="Ada"))
        with pytest.raises(TypeError, match=r"Channel\[Notification\]"):
            await Channel("notes").publish(Note(number=1))

    run(scene)


def test_what_no_follower_could_read_is_the_mistake_of_who_publishes_it() -> None:
    async def scene() -> None:
        measured = Channel[float]("measured")
        with pytest.raises(ValueError, match="valid number"):
            await measured.publish(math.nan)  # which JSON does not have
        assert await measured.is_empty()

    run(scene)


def test_an_event_has_a_largest_size() -> None:
    async def scene() -> None:
        texts = Channel[str]("texts")
        largest = "x" * (channel.LARGEST - 2)
        await texts.publish(largest)
        with pytest.raises(channel.TooLarge, match=str(channel.LARGEST + 1)) as raised:
            await texts.publish(largest + "x")
        assert raised.value.status_code == 413
        assert [event.value for event in await texts.kept()] == [largest]

    run(scene)


def test_what_is_published_in_a_thread_is_there_when_it_returns() -> None:
    async def scene() -> None:
        notes = Channel[Note]("notes")
        # as of any library, and not one of anyio's as in a route
        ids = [await asyncio.to_thread(notes.publish_from_thread, Note(number=n)) for n in range(3)]
        assert [event.id for event in await notes.kept()] == ids
        with pytest.raises(ValueError, match="Note"):
            await asyncio.to_thread(notes.publish_from_thread, Joined(name="Ada"))

    run(scene)


def test_a_thread_that_would_wait_for_ever_is_told() -> None:
    notes = Channel[Note]("notes")

    async def scene() -> None:
        with pytest.raises(RuntimeError, match="await publish"):
            notes.publish_from_thread(Note(number=1))

    run(scene)
    with pytest.raises(RuntimeError, match=r"async with channels\(\)"):
        notes.publish_from_thread(Note(number=1))


def test_nothing_comes_after_the_last_event() -> None:
    async def scene() -> None:
        notes = Channel[Note]("notes")
        found = await asyncio.gather(
            *(notes.publish(Note(number=number), last=True) for number in range(5)),
            return_exceptions=True,
        )
        assert sum(isinstance(each, channel.Closed) for each in found) == 4
        with pytest.raises(channel.Closed, match="notes"):
            await published(notes, range(1))
        assert len(await notes.kept()) == 1

    run(scene)


def test_what_was_published_before_the_type_was_changed_is_a_gap() -> None:
    async def scene() -> None:
        await Channel[Joined]("notes").publish(Joined(name="Ada"))
        notes = Channel[Note]("notes")
        [id] = await published(notes, range(1))
        gap, event = await follow(notes, count=2, after=channel.BEGINNING)
        assert isinstance(gap, Gap)
        assert event.id == id

    run(scene)


def test_channels_of_other_names_are_other_channels() -> None:
    async def scene() -> None:
        ada, grace = Channel[Note]("ada"), Channel[Note]("grace")
        start = await begun(grace)
        await published(ada, range(3))
        await published(grace, range(7, 8))
        assert numbers(await follow(grace, count=1, after=start)) == [7]

    run(scene)


def test_nothing_is_left_of_followers_who_have_gone() -> None:
    async def scene() -> None:
        notes = Channel[Note]("notes")
        tasks = [asyncio.create_task(follow(notes, count=5)) for _ in range(50)]
        await begun(notes)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        ring = await channel.store().ring(notes)
        assert not ring._waiting
        del ring, task, tasks
        gc.collect()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        gc.collect()
        assert not list(channel.store()._rings)

    run(scene)


@pytest.mark.parametrize(
    ("refuses", "takes"),
    [
        ("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"),
        ("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"),
        ("CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0"),
    ],
)
def test_an_event_waits_for_a_redis_that_is_full_or_no_longer_the_first_or_alone(
    redis: RedisServer, store: str, refuses: str, takes: str
) -> None:
    async def scene() -> None:
        notes = Channel[Note]("notes")
        redis.ask(*refuses.split())
        try:
            publishing = asyncio.create_task(notes.publish(Note(number=1)))
            await asyncio.wait([publishing], timeout=0.3)
            assert publishing.done() == (store == "memory")
        finally:
            redis.ask(*takes.split())
        async with asyncio.timeout(20):
            await publishing
        assert numbers(await notes.kept()) == [1]

    run(scene)


def test_nothing_starts_with_an_address_that_is_none_of_a_redis(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDIS_URL", "localhost")
    begun: list[bool] = []

    async def scene() -> None:
        begun.append(True)

    with pytest.raises(ValueError, match="Redis URL must specify"):
        run(scene)
    assert not begun


def test_nothing_is_left_of_channels_that_are_used_no_more(
    monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    if store == "redis":
        return  # which expires them by itself
    monkeypatch.setattr(memory, "SWEEP_SECONDS", 0)
    monkeypatch.setattr(memory, "FORGOTTEN", 100)

    async def scene() -> None:
        for number in range(1000):
            await Channel[Note](f"notes:{number}", keep=-1).publish(Note(number=number))
        gc.collect()
        kept = channel.store()
        assert len(kept._kept) + len(kept._rings) <= 2
        assert len(kept._forgotten) <= 101

    run(scene)


def test_a_quiet_channel_has_no_gap_after_another_one_was_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "SWEEP_SECONDS", 0)

    async def scene() -> None:
        quiet = Channel[Note]("quiet")
        start = await begun(quiet)
        await published(Channel[Note]("brief", keep=1), range(3))
        await asyncio.sleep(1.1)
        await published(quiet, range(1))
        assert numbers(await follow(quiet, count=1, after=start)) == [0]

    run(scene)


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        ("uvicorn backend.main:app", "", 1),
        ("uvicorn backend.main:app --workers 2", "", 2),
        ("uvicorn --workers=3 backend.main:app", "", 3),
        ("gunicorn -w 4 backend.main:app", "", 4),
        ("uvicorn backend.main:app", "5", 5),
        ("uvicorn backend.main:app --workers 1", "5", 1),
    ],
)
def test_several_workers_are_refused_without_redis(
    monkeypatch: pytest.MonkeyPatch, store: str, arguments: str, environment: str, expected: int
) -> None:
    monkeypatch.setattr(sys, "argv", arguments.split())
    if environment:
        monkeypatch.setenv("WEB_CONCURRENCY", environment)
    else:
        monkeypatch.delenv("WEB_CONCURRENCY", raising=False)
    assert stores.workers() == expected
    if expected > 1 and store == "memory":
        with pytest.raises(channel.NotShared, match="REDIS_URL"):
            Channel[Note]("notes")
    else:
        Channel[Note]("notes")


def test_the_number_of_workers_is_told_by_who_starts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["uvicorn", "--workers", "1"])
    monkeypatch.setenv("FLUIDKIT_WORKERS", "3")
    assert stores.workers() == 3
