"""Channels and runs behind real uvicorns and a real Redis, of which processes are killed."""

import asyncio
import json
import os
import signal
import socket
import urllib.request
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from running import wait_for
from scaffolds.backends import RedisServer, backend_module, redis_server
from scaffolds.channel_serving import Served, serving
from scaffolds.channel_traffic import Fault, Plan, traffic


@pytest.fixture
def fragile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    """A Redis that a test may kill, and that the test itself publishes to."""
    (tmp_path / "redis").mkdir()
    with redis_server(tmp_path / "redis", fsync="always") as server:
        monkeypatch.setenv("REDIS_URL", server.url)
        backend_module("channel").store.cache_clear()
        yield server
        backend_module("channel").store.cache_clear()


def test_nothing_is_lost_or_doubled_while_workers_and_redis_are_killed(
    fragile: RedisServer, tmp_path: Path
) -> None:
    faults: tuple[tuple[float, Fault], ...] = (
        (0.5, "a worker"),
        (1.5, "redis"),
        (2.5, "all workers"),
        (4.0, "redis for a while"),
        (5.0, "a rolling restart"),
    )
    plan = Plan(listeners=10, seconds=6, disconnects=10, faults=faults, away=1)
    with serving(tmp_path / "app", redis_url=fragile.url, workers=2) as served:
        report = asyncio.run(traffic(plan, site=served, redis=fragile))
    assert report.is_clean, report
    assert report.published == plan.rate * plan.seconds
    assert report.connections > plan.listeners + plan.disconnects / 2


def test_a_redis_that_forgets_leaves_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with redis_server(tmp_path, keeps=False) as redis:
        monkeypatch.setenv("REDIS_URL", redis.url)
        module = backend_module("channel")
        module.store.cache_clear()

        async def scene() -> None:
            async with module.channels(), asyncio.timeout(30):
                notes = module.Channel[str]("notes")
                follower = notes.follow()
                await anext(follower)
                await notes.publish("kept")
                assert (await anext(follower)).value == "kept"
                waiting = asyncio.ensure_future(anext(follower))
                await asyncio.to_thread(redis.kill)
                await asyncio.to_thread(redis.start)
                await notes.publish("after")
                assert isinstance(await waiting, module.Gap)
                assert (await anext(follower)).value == "after"

        asyncio.run(scene())


def test_a_redis_that_was_flushed_leaves_a_gap_and_ids_that_grow(fragile: RedisServer) -> None:
    module = backend_module("channel")
    place_of = backend_module("channel_memory").place_of
    # as if its clock was set back meanwhile
    fragile.ask("XADD", "channel:notes", "9999999999999-5", "value", '"old"')

    async def scene() -> None:
        async with module.channels(), asyncio.timeout(30):
            notes = module.Channel[str]("notes")
            follower, quiet = notes.follow(), module.Channel[str]("quiet").follow()
            start, _ = await anext(follower), await anext(quiet)
            waiting = [asyncio.ensure_future(anext(each)) for each in (follower, quiet)]
            await asyncio.sleep(1.2)  # until Redis is known
            await asyncio.to_thread(fragile.ask, "FLUSHALL")
            assert all(isinstance(each, module.Gap) for each in await asyncio.gather(*waiting))
            ids = [await notes.publish("new"), await notes.publish("newer")]
            events = [await anext(follower), await anext(follower)]
            assert [event.id for event in events] == ids
            assert place_of(start.id) < place_of(ids[0]) < place_of(ids[1])

    asyncio.run(scene())


def test_a_redis_that_lost_its_newest_events_repeats_none(fragile: RedisServer) -> None:
    module = backend_module("channel")

    async def scene() -> None:
        async with module.channels(), asyncio.timeout(30):
            notes = module.Channel[str]("notes")
            follower = notes.follow()
            await anext(follower)
            kept = await notes.publish("kept")
            lost = await notes.publish("lost")
            assert [(await anext(follower)).id for _ in range(2)] == [kept, lost]
            waiting = asyncio.ensure_future(anext(follower))
            fragile.ask("DEL", "channel:notes")
            fragile.ask("XADD", "channel:notes", kept, "value", '"kept"')
            fragile.ask("CLIENT", "KILL", "TYPE", "normal")
            gap = await waiting
            assert isinstance(gap, module.Gap)
            new = await notes.publish("new")
            assert (await anext(follower)).id == new

    asyncio.run(scene())


def test_what_was_trimmed_before_a_worker_had_read_it_is_a_gap(fragile: RedisServer) -> None:
    module = backend_module("channel")

    async def scene() -> None:
        async with module.channels(), asyncio.timeout(30):
            notes = module.Channel[int]("notes", history=10)
            follower = notes.follow()
            await anext(follower)
            await notes.publish(-1)
            assert (await anext(follower)).value == -1
            store = module.store()
            store._reader.cancel()
            await asyncio.wait([store._reader])
            for number in range(1000):
                await notes.publish(number)
            await store._read_this_too()
            assert isinstance(await anext(follower), module.Gap)
            numbers = [(await anext(follower)).value for _ in range(10)]
            assert numbers == list(range(numbers[0], numbers[0] + 10))

    asyncio.run(scene())


def test_who_has_seen_what_was_trimmed_before_a_worker_had_read_it_has_no_gap(
    fragile: RedisServer,
) -> None:
    module = backend_module("channel")

    async def scene() -> None:
        async with module.channels(), asyncio.timeout(30):
            notes = module.Channel[int]("notes")
            behind = notes.follow()  # the ring begins here
            await anext(behind)
            store = module.store()
            store._reader.cancel()
            await asyncio.wait([store._reader])
            first, *_ = [await notes.publish(number) for number in (1, 2, 3)]
            ahead = notes.follow(first)  # which the ring has not seen
            assert [(await anext(ahead)).value for _ in range(2)] == [2, 3]
            waiting = asyncio.ensure_future(anext(ahead))
            fragile.ask("XTRIM", "channel:notes", "MAXLEN", "1")
            await store._read_this_too()
            assert isinstance(await anext(behind), module.Gap)
            assert (await anext(behind)).value == 3
            await notes.publish(4)
            assert (await waiting).value == (await anext(behind)).value == 4

    asyncio.run(scene())


def test_what_others_write_into_a_stream_is_a_gap_and_stops_nobody(fragile: RedisServer) -> None:
    module = backend_module("channel")

    async def scene() -> None:
        async with module.channels(), asyncio.timeout(30):
            notes, others = module.Channel[str]("notes"), module.Channel[str]("others")
            follower, other = notes.follow(), others.follow()
            await anext(follower), await anext(other)
            fragile.ask("XADD", "channel:notes", "*", "text", "by hand")
            assert isinstance(await anext(follower), module.Gap)
            fragile.ask(
                "EVAL", r"redis.call('XADD', KEYS[1], '*', 'value', '\255')", "1", "channel:notes"
            )
            assert isinstance(await anext(follower), module.Gap)
            for channel, reader in ((notes, follower), (others, other)):
                await channel.publish("ours")
                assert (await anext(reader)).value == "ours"

    asyncio.run(scene())


def test_a_worker_has_few_connections_however_many_listeners(fragile: RedisServer) -> None:
    module = backend_module("channel")

    async def scene() -> None:
        async with module.channels(), asyncio.timeout(30):
            notes = module.Channel[int]("notes")
            ids = [await notes.publish(number) for number in range(5)]
            followers = [notes.follow(ids[0]) for _ in range(300)]
            found = await asyncio.gather(*(anext(follower) for follower in followers))
            assert {event.id for event in found} == {ids[1]}
            clients = await asyncio.to_thread(fragile.ask, "CLIENT", "LIST")
            assert len(clients.splitlines()) <= 12

    asyncio.run(scene())


def test_publishing_gives_up_when_redis_stays_away(
    fragile: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = backend_module("channel")
    monkeypatch.setattr(backend_module("channel_store"), "ABSENCE", 0.5)
    fragile.kill()

    async def scene() -> None:
        async with module.channels():
            with pytest.raises(module.Away, match=r"0\.5 seconds") as raised:
                await module.Channel[str]("notes").publish("too late")
            assert raised.value.status_code == 503

    asyncio.run(scene())


def test_a_reader_that_takes_nothing_is_cut_off_as_if_it_had_gone(tmp_path: Path) -> None:
    with serving(tmp_path / "app", patience=0.5) as served:
        reader = socket.create_connection(("127.0.0.1", served.port))
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.sendall(b"GET /ticks HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"id: " in read_until(reader, b"id: ")
        wait_for(lambda: publish(served, text="x" * 100_000) and connections(served) == 0)
        reader.close()
    assert "Traceback" not in served.log.read_text(encoding="utf-8")


def test_runs_may_end_while_their_worker_is_told_to_and_are_followed_elsewhere(
    fragile: RedisServer, tmp_path: Path
) -> None:
    with (
        serving(tmp_path, redis_url=fragile.url, shutdown_timeout=4) as one,
        other(tmp_path, fragile) as two,
    ):
        brief, endless = post(one, "/counts?to=20"), post(one, "/counts")
        one.process.terminate()
        assert events(two, brief)[-1]["status"] == "done"
        ended = events(two, endless)[-1]
        assert (ended["status"], ended["reason"]) == ("failed", "Its worker was shut down")


@pytest.mark.parametrize("path", ["/ticks", "/starlette"])
def test_streams_are_kept_alive_while_redis_is_away(
    fragile: RedisServer, tmp_path: Path, path: str
) -> None:
    with serving(tmp_path / "app", redis_url=fragile.url, ping=0.2) as served:
        reader = socket.create_connection(("127.0.0.1", served.port), timeout=30)
        reader.sendall(f"GET {path} HTTP/1.0\r\nHost: x\r\n\r\n".encode())
        read_until(reader, b"id: ")
        fragile.kill()
        for _ in range(3):
            read_until(reader, b": ping")
        fragile.start()
        publish(served, text="after")
        assert b"gap" not in read_until(reader, b'"after"')
        reader.close()


def test_a_dead_run_is_stopped_also_while_redis_is_away(
    fragile: RedisServer, tmp_path: Path
) -> None:
    with serving(tmp_path, redis_url=fragile.url) as one, other(tmp_path, fragile) as two:
        run = post(one, "/counts")
        os.kill(one.process.pid, signal.SIGKILL)
        fragile.kill()
        with ThreadPoolExecutor() as pool:
            stopping = [pool.submit(post, two, f"/counts/{run}/stop") for _ in range(2)]
            fragile.start()
            assert stopping[0].result(timeout=30) == stopping[1].result(timeout=30)
        assert stopping[0].result()["status"] == "failed"


def test_a_run_goes_on_when_redis_forgets_it(fragile: RedisServer) -> None:
    running, count = backend_module("run"), asyncio.Queue[int]()

    async def work() -> AsyncIterator[int]:
        while (number := await count.get()) < 5:
            yield number

    async def scene() -> None:
        async with backend_module("channel").channels(), running.runs(), asyncio.timeout(30):
            counts = running.Runs[int]("counts")
            follower = counts.follow(await counts.start(work()))
            assert (await anext(follower)).is_whole
            count.put_nowait(1)
            assert (await anext(follower)).value == 1
            await asyncio.sleep(1.2)  # until Redis is known
            await asyncio.to_thread(fragile.ask, "FLUSHALL")
            snapshot = await anext(follower)
            assert (snapshot.values, snapshot.is_whole) == ([], False)
            for number in (2, 5):
                count.put_nowait(number)
            assert (await anext(follower)).value == 2
            assert (await anext(follower)).status == "done"

    asyncio.run(scene())


def test_a_run_is_stopped_by_another_worker(fragile: RedisServer, tmp_path: Path) -> None:
    with serving(tmp_path, redis_url=fragile.url) as one, other(tmp_path, fragile) as two:
        run = post(one, "/counts")
        assert post(two, f"/counts/{run}/stop")["status"] == "stopped"
        [*_, last] = events(one, run)
        assert last["status"] == "stopped"


def test_a_run_whose_worker_is_killed_ends_as_failed(fragile: RedisServer, tmp_path: Path) -> None:
    with serving(tmp_path, redis_url=fragile.url) as one, other(tmp_path, fragile) as two:
        run = post(one, "/counts")
        follower = urllib.request.urlopen(f"{two.url}/counts/{run}", timeout=30)
        assert follower.readline()
        os.kill(one.process.pid, signal.SIGKILL)
        text = follower.read().decode()
        assert '"status":"failed","reason":"Its worker has died"' in text, text
        assert events(two, run)[-1]["status"] == "failed"


def test_a_worker_that_was_away_for_long_does_not_write_into_a_run_that_has_ended(
    fragile: RedisServer, tmp_path: Path
) -> None:
    with serving(tmp_path, redis_url=fragile.url) as one, other(tmp_path, fragile) as two:
        run = post(one, "/counts")
        os.kill(one.process.pid, signal.SIGSTOP)
        try:
            # nobody is there who could stop it, but it ends all the same
            assert post(two, f"/counts/{run}/stop")["status"] == "failed"
            log = fragile.ask("XLEN", f"channel:runs:counts:{run}")
        finally:
            os.kill(one.process.pid, signal.SIGCONT)
        wait_for(lambda: "A run has failed" in one.log.read_text(encoding="utf-8"))
        assert fragile.ask("XLEN", f"channel:runs:counts:{run}") == log
        assert events(one, run) == events(two, run)


def other(folder: Path, redis: RedisServer) -> AbstractContextManager[Served]:
    """A second worker, as on another machine."""
    return serving(folder, redis_url=redis.url)


def publish(served: Served, *, text: str) -> str:
    return str(post(served, "/ticks", {"number": 1, "sent": 1.0, "text": text}))


def post(served: Served, path: str, body: object = None) -> Any:
    """The JSON that it answers."""
    headers = {"content-type": "application/json"}
    data = json.dumps(body).encode() if body else b""
    request = urllib.request.Request(served.url + path, data, headers, method="POST")
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def events(served: Served, run: str) -> list[dict[str, str]]:
    """What the events of a run hold, to its end."""
    with urllib.request.urlopen(f"{served.url}/counts/{run}", timeout=30) as response:
        lines = response.read().decode().splitlines()
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


def connections(served: Served) -> int:
    """How many clients the server still holds that have asked for the stream."""
    mark = f":{served.port:04X}"
    lines = Path("/proc/net/tcp").read_text(encoding="utf-8").splitlines()[1:]
    found = [line.split() for line in lines]
    return sum(own.endswith(mark) and state == "01" for _, own, _, state, *_ in found)


def read_until(reader: socket.socket, mark: bytes) -> bytes:
    received = b""
    while mark not in received:
        received += reader.recv(1024)
    return received
