"""Runs whose work, worker or follower fails, in memory and in Redis."""

import asyncio
import math
from collections.abc import AsyncIterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, PlainSerializer

from scaffolds.backends import backend_module
from scaffolds.run_scenes import Step, Work, following, play, shown, until

channel = backend_module("channel")
lease = backend_module("run_lease")
run = backend_module("run")
Runs, Snapshot = run.Runs, run.Snapshot

pytestmark = pytest.mark.usefixtures("store")


@pytest.mark.parametrize(
    "error",
    [asyncio.CancelledError("inside"), SystemExit(3), KeyboardInterrupt(), BaseException("rare")],
    ids=lambda error: type(error).__name__,
)
def test_what_is_no_common_exception_fails_the_run_and_spares_the_worker(
    monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    monkeypatch.setenv("FASTAPI_ENV", "development")

    async def scene(runs: Any, work: Work) -> None:
        id = await runs.start(work())
        work.do(1, error)
        events = await following(runs, id)
        assert shown(events) == [1]
        assert events[-1].status == "failed"
        assert type(error).__name__ in events[-1].reason

    play(scene)


def test_work_that_cancels_a_task_of_its_own_is_not_stopped() -> None:
    async def scene(runs: Any, _: Work) -> None:
        async def work() -> AsyncIterator[Step]:
            helper = asyncio.create_task(asyncio.sleep(3600))
            helper.cancel()
            yield Step(number=1)
            await helper

        assert (await following(runs, await runs.start(work())))[-1].status == "failed"

    play(scene)


class Odd(BaseModel):
    value: Any = None


class Measured(BaseModel):
    value: float


class Written(BaseModel):
    value: Annotated[int, PlainSerializer(lambda value: f"no {value}")]


@pytest.mark.parametrize(
    "value",
    [Odd(value=object()), Odd(value=b"\xff"), Measured(value=math.nan), Written(value=1)],
    ids=["object", "bytes", "nan", "written otherwise"],
)
def test_what_nobody_could_read_fails_the_run_and_not_its_followers(value: BaseModel) -> None:
    async def scene(_: Any, work: Work) -> None:
        async def unreadable() -> AsyncIterator[Any]:
            yield value

        runs = Runs[type(value)]("odd")
        snapshot, ended = await following(runs, await runs.start(unreadable()))
        assert (snapshot.values, ended.status) == ([], "failed")

    play(scene)


def test_what_is_too_large_fails_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTAPI_ENV", "development")

    async def scene(_: Any, work: Work) -> None:
        async def large() -> AsyncIterator[str]:
            yield "x" * channel.LARGEST

        runs = Runs[str]("large")
        ended = (await following(runs, await runs.start(large())))[-1]
        assert ended.status == "failed"
        assert f"larger than {channel.LARGEST}" in ended.reason

    play(scene)


def test_a_worker_that_was_taken_for_dead_does_not_write_into_the_run() -> None:
    async def scene(runs: Any, work: Work) -> None:
        id = await runs.start(work())
        work.do(1)
        await until(runs, id, 1)
        ending = backend_module("run_log").Ending(status="failed", reason="Its worker has died")
        await runs._log(id).end(ending)
        work.do(*range(2, 1000))
        await asyncio.wait_for(work.closed.wait(), 20)
        events = await following(runs, id)
        assert shown(events) == [1]
        assert events[-1].reason == "Its worker has died"
        log = await runs._log(id)._channel.kept()
        assert [entry.value.kind for entry in log] == ["begun", "yielded", "ending"]

    play(scene)


def test_all_who_see_that_a_worker_is_dead_say_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "LOOK", 0.1)

    async def scene(runs: Any, _: Work) -> None:
        id = "a" * 22
        await runs._log(id).begin()  # and then its worker has died
        found = await asyncio.gather(*(following(runs, id) for _ in range(20)))
        assert len({events[-1].id for events in found}) == 1
        assert found[0][-1].reason == "Its worker has died"
        log = await runs._log(id)._channel.kept()
        assert [entry.value.kind for entry in log] == ["begun", "ending"]

    play(scene)


def test_a_worker_is_dead_once_it_was_silent_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, endings = iter([False, True, False, False]), list[Any]()

    class Store:
        async def is_claimed(self, name: str) -> bool:
            return next(looks)

    class Log:
        async def end(self, ending: Any) -> None:
            endings.append(ending.reason)

    monkeypatch.setattr(lease, "LOOK", 0)
    monkeypatch.setattr(lease, "store", Store)
    asyncio.run(lease.Lease("worker", Log()).watch())
    assert (endings, list(looks)) == (["Its worker has died"], [])


def test_a_follower_that_is_overtaken_again_and_again_goes_on(store: str) -> None:
    async def scene(_: Any, work: Work) -> None:
        runs = Runs[Step]("fast", history=1)
        id = await runs.start(work())
        slow, log, overtaken = runs.follow(id), runs._log(id), 0
        await anext(slow)
        for number in range(1000 if store == "memory" else 100):
            for _ in range(3):
                await log.add(Step(number=number))
            overtaken += isinstance(await anext(slow), Snapshot)
        assert overtaken > (900 if store == "memory" else 0)  # Redis trims by the hundred
        work.do(None)
        assert [event async for event in slow][-1].status == "done"

    play(scene)


def test_a_run_that_ends_while_a_follower_comes_back_is_ended_for_it_at_once() -> None:
    async def scene(runs: Any, work: Work) -> None:
        id = await runs.start(work())
        work.do(1, None)
        *_, ended = await following(runs, id)
        assert await following(runs, id, after=ended.id) == [ended]

    play(scene)


def test_what_an_older_version_has_yielded_is_missing_visibly() -> None:
    async def scene(runs: Any, work: Work) -> None:
        id = await runs.start(work())
        work.do(1)
        await until(runs, id, 1)
        await Runs[str]("steps")._log(id).add("of a version that yields texts")
        work.do(2, None)
        snapshot, *_, ended = await following(runs, id)
        assert not snapshot.is_whole
        assert ended.status == "done"
        begun = (await runs._log(id)._channel.kept())[0]
        again = (await following(runs, id, after=begun.id))[0]
        assert isinstance(again, Snapshot)
        assert not again.is_whole
        assert shown(await following(runs, id)) == [1, 2]

    play(scene)


def test_whoever_sends_a_request_again_gets_the_run_that_it_has_started() -> None:
    async def scene(runs: Any, work: Work) -> None:
        second, other = Work(), Work()
        id = await runs.start(work(), once="key")
        assert await runs.start(second(), once="key") == id
        work.do(1, None)
        assert shown(await following(runs, id)) == [1]
        assert await runs.start(second(), once="key") == id
        assert await runs.start(other(), once="another key") != id
        assert await Runs[Step]("others").start(other(), once="key") != id

    play(scene)


def test_a_request_that_is_sent_twice_at_once_starts_one_run() -> None:
    async def scene(runs: Any, _: Work) -> None:
        begun = 0

        async def work() -> AsyncIterator[Step]:
            nonlocal begun
            begun += 1
            yield Step(number=1)

        ids = await asyncio.gather(*(runs.start(work(), once="key") for _ in range(10)))
        assert len(set(ids)) == 1
        assert (await following(runs, ids[0]))[-1].status == "done"
        assert begun == 1

    play(scene)


def test_a_run_is_unknown_to_others_than_its_owner() -> None:
    async def scene(_: Any, work: Work) -> None:
        ada, grace = Runs[Step]("steps:ada"), Runs[Step]("steps:grace")
        id = await ada.start(work())
        assert not await grace.is_known(id)
        with pytest.raises(run.UnknownRun):
            await grace.stop(id)
        work.do(1, None)
        assert (await following(ada, id))[-1].status == "done"

    play(scene)


def test_runs_may_come_to_their_end_while_the_process_is_told_to_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backend_module("run_work"), "seconds_left", lambda: 20.0)

    async def scene(runs: Any, work: Work) -> None:
        async with run.runs():
            id = await runs.start(work())
            work.do(1)
            await until(runs, id, 1)
            asyncio.get_running_loop().call_later(0.1, work.do, 2, None)
        assert shown(events := await following(runs, id)) == [1, 2]
        assert events[-1].status == "done"

    play(scene)
