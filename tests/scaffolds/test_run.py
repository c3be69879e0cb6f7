"""`backend/run.py` of every workspace, in memory and in Redis."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from scaffolds.backends import backend_module
from scaffolds.run_scenes import Step, Work, following, play, shown, until

channel = backend_module("channel")
memory = backend_module("channel_memory")
run = backend_module("run")
lease = backend_module("run_lease")
work_module = backend_module("run_work")
Event, Runs, Snapshot = channel.Event, run.Runs, run.Snapshot


pytestmark = pytest.mark.usefixtures("store")


def test_a_run_goes_on_without_followers_and_ends() -> None:
    async def scene(runs: Any, work: Work) -> None:
        id = await runs.start(work())
        work.do(1, 2, 3, None)
        await asyncio.wait_for(work.closed.wait(), 20)
        events = await following(runs, id)
        assert shown(events) == [1, 2, 3]
        assert (events[-1].status, events[-1].reason) == ("done", "")

    play(scene)


def test_who_comes_late_gets_a_snapshot_and_then_the_rest() -> None:
    async def scene(runs: Any, work: Work) -> None:
        id = await runs.start(work())
        early = asyncio.create_task(following(runs, id))
        work.do(1, 2)
        await until(runs, id, 2)
        late = asyncio.create_task(following(runs, id))
        await asyncio.sleep(0.05)
        work.do(3, None)
        snapshot, *rest = await late
        assert isinstance(snapshot, Snapshot)
        assert shown([snapshot, *rest]) == shown(await early) == [1, 2, 3]
        assert len({event.id for event in rest}) == len(rest)

    play(scene)


def test_who_comes_back_gets_what_came_since_and_no_snapshot() -> None:
    async def scene(runs: Any, work: Work) -> None:
        id = await runs.start(work())
        work.do(1, 2, 3, None)
        snapshot, *events = whole = await following(runs, id)
        assert isinstance(snapshot, Snapshot)
        # at once, or step by step: each id leads to all that is after it
        for place, event in enumerate(events):
            again = await following(runs, id, after=event.id)
            assert again[-1] == whole[-1]
            assert [each.id for each in again[:-1]] == [each.id for each in events[place + 1 : -1]]

    play(scene)


@pytest.mark.parametrize("after", ["rubbish", "0-0", "1600000000000-0"])
def test_an_id_that_is_not_known_leads_to_a_snapshot(after: str) -> None:
    async def scene(runs: Any, work: Work) -> None:
        id = await runs.start(work())
        work.do(1, 2, None)
        await asyncio.wait_for(work.closed.wait(), 20)
        events = await following(runs, id, after=after)
        assert isinstance(events[0], Snapshot)
        assert shown(events) == [1, 2]

    play(scene)


def test_a_run_that_is_stopped_stops_where_it_is() -> None:
    async def scene(runs: Any, work: Work) -> None:
        id = await runs.start(work())
        work.do(1)
        await until(runs, id, 1)
        ended = await runs.stop(id)
        assert work.closed.is_set()
        assert ended.status == "stopped"
        work.do(2)
        assert shown(await following(runs, id)) == [1]
        assert await runs.stop(id) == ended

    play(scene)


def test_work_that_catches_its_cancellation_is_stopped_all_the_same() -> None:
    async def scene(runs: Any, work: Work) -> None:
        caught = 0

        async def stubborn() -> AsyncIterator[Step]:
            nonlocal caught
            while caught < 2:
                try:
                    yield Step(number=caught)
                    await asyncio.sleep(3600)
                except asyncio.CancelledError:
                    caught += 1

        id = await runs.start(stubborn())
        await until(runs, id, 0)
        assert (await runs.stop(id)).status == "stopped"
        assert caught == 1

    play(scene)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_work_that_never_gives_in_fails_visibly(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(work_module, "STUBBORN", 0.2)

    async def scene(runs: Any, work: Work) -> None:
        is_over = asyncio.Event()

        async def stubborn() -> AsyncIterator[Step]:
            yield Step(number=1)
            while not is_over.is_set():
                with contextlib.suppress(asyncio.CancelledError):
                    await is_over.wait()

        id = await runs.start(stubborn())
        await until(runs, id, 1)
        ended = await runs.stop(id)
        assert (ended.status, ended.reason) == ("failed", "It does not stop")
        is_over.set()
        assert (await following(runs, id))[-1] == ended

    play(scene)
    assert "has not ended" in caplog.text


def test_two_who_stop_a_run_are_told_the_same() -> None:
    async def scene(runs: Any, work: Work) -> None:
        id = await runs.start(work())
        work.do(1)
        await until(runs, id, 1)
        one, two = await asyncio.gather(runs.stop(id), runs.stop(id))
        assert one == two
        assert one.status == "stopped"

    play(scene)


def test_a_run_may_end_just_when_somebody_comes() -> None:
    async def scene(runs: Any, work: Work) -> None:
        for pauses in range(40):
            work = Work()
            id = await runs.start(work())
            work.do(1, 2)
            follower = asyncio.create_task(following(runs, id))
            for _ in range(pauses):
                await asyncio.sleep(0)
            work.do(3, None)
            events = await follower
            assert shown(events) == [1, 2, 3]
            assert events[-1].status == "done"

    play(scene)


def test_a_follower_who_leaves_leaves_the_run_alone() -> None:
    async def scene(runs: Any, work: Work) -> None:
        id = await runs.start(work())
        follower = asyncio.create_task(following(runs, id))
        work.do(1)
        await until(runs, id, 1)
        follower.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await follower
        assert not work.closed.is_set()
        work.do(2, None)
        assert shown(await following(runs, id)) == [1, 2]

    play(scene)


@pytest.mark.parametrize("environment", ["development", "production"])
def test_a_run_that_fails_says_why_or_where_it_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, environment: str
) -> None:
    monkeypatch.setenv("FASTAPI_ENV", environment)

    async def scene(runs: Any, work: Work) -> None:
        id = await runs.start(work())
        work.do(1, ValueError("the secret is 42"))
        events = await following(runs, id)
        assert shown(events) == [1]
        assert events[-1].status == "failed"
        if environment == "development":
            assert events[-1].reason == "ValueError: the secret is 42"
        else:
            assert "secret" not in events[-1].reason
            assert events[-1].reason.removeprefix("Error ") in caplog.text

    play(scene)
    assert "ValueError: the secret is 42" in caplog.text


def test_what_is_of_another_type_fails_the_run() -> None:
    async def scene(runs: Any, work: Work) -> None:
        async def wrong() -> AsyncIterator[Any]:
            yield "no step"

        id = await runs.start(wrong())
        assert (await following(runs, id))[-1].status == "failed"

    play(scene)


def test_runs_end_visibly_with_their_worker() -> None:
    async def scene(runs: Any, work: Work) -> None:
        id = await runs.start(work())
        work.do(1)
        await until(runs, id, 1)
        async with run.runs():
            pass
        assert work.closed.is_set()
        ended = (await following(runs, id))[-1]
        assert (ended.status, ended.reason) == ("failed", "Its worker was shut down")

    play(scene)


def test_an_unknown_run_is_no_run() -> None:
    async def scene(runs: Any, work: Work) -> None:
        assert not await runs.is_known("made up")
        with pytest.raises(run.UnknownRun):
            await following(runs, "made up")
        with pytest.raises(run.UnknownRun):
            await runs.stop("made up")
        id = await runs.start(work())
        assert await runs.is_known(id)
        assert not await Runs[Step]("others").is_known(id)

    play(scene)


@pytest.mark.parametrize("suffix", [":worker", ":stop", "\n", "/..", "é"])
def test_an_id_leads_to_nothing_but_runs(suffix: str) -> None:
    async def scene(runs: Any, work: Work) -> None:
        id = await runs.start(work())
        assert not await runs.is_known(id + suffix)
        assert not await runs.is_known(id[: -len(suffix)] + suffix)

    play(scene)


def test_a_run_with_more_events_than_are_kept_has_its_newest() -> None:
    async def scene(_: Any, work: Work) -> None:
        runs = Runs[Step]("long", history=20)
        id = await runs.start(work())
        work.do(*range(500), None)
        await asyncio.wait_for(work.closed.wait(), 20)
        events = await following(runs, id)
        numbers = shown(events)
        assert numbers == list(range(numbers[0], 500))
        assert 19 <= len(numbers) < 220  # Redis trims by the hundred
        assert not events[0].is_whole
        assert events[-1].status == "done"

    play(scene)


def test_a_snapshot_with_all_events_says_so() -> None:
    async def scene(runs: Any, work: Work) -> None:
        id = await runs.start(work())
        work.do(*range(50))
        [snapshot, *_] = await until(runs, id, 49)
        assert snapshot.is_whole

    play(scene)


def test_a_run_that_says_nothing_for_long_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "LOOK", 0.1)
    monkeypatch.setattr(memory, "SWEEP_SECONDS", 0)

    async def scene(_: Any, work: Work) -> None:
        runs = Runs[Step]("quiet", keep=1)
        id = await runs.start(work())
        work.do(1)
        await until(runs, id, 1)
        await asyncio.sleep(1.5)
        work.do(2, None)
        assert shown(await following(runs, id)) == [1, 2]

    play(scene)


def test_a_worker_ends_in_time_also_with_work_that_never_gives_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(work_module, "SHUTDOWN", 0.2)

    async def scene(runs: Any, work: Work) -> None:
        is_over = asyncio.Event()

        async def stubborn() -> AsyncIterator[Step]:
            yield Step(number=1)
            while not is_over.is_set():
                with contextlib.suppress(asyncio.CancelledError):
                    await is_over.wait()

        id = await runs.start(stubborn())
        await until(runs, id, 1)
        async with asyncio.timeout(5), run.runs():
            pass
        assert await runs._log(id).has_ended()
        is_over.set()
        assert (await following(runs, id))[-1].reason == "Its worker was shut down"

    play(scene)


def test_finished_runs_expire(monkeypatch: pytest.MonkeyPatch, store: str) -> None:
    monkeypatch.setattr(memory, "SWEEP_SECONDS", 0)

    async def scene(_: Any, work: Work) -> None:
        runs = Runs[Step]("short", keep=1)
        id = await runs.start(work())
        work.do(1, None)
        await asyncio.wait_for(work.closed.wait(), 20)
        while await runs.is_known(id):
            await asyncio.sleep(0.05)

    play(scene)
