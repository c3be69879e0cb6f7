"""Streams that are held open, and clients that do not read theirs; at length in the benchmarks."""

import asyncio
from collections.abc import Iterator

import pytest

from held.listening import listen
from held.serving import Served, both
from held.stalling import stalled, wait_for_pause
from running import answer

RATE = 10.0
STREAMS = 200
MOST_FOR_ONE = 80
"""KiB, on the worker: FastAPI alone takes 48, and a busy moment of 200 some more."""
MOST_FOR_ONE_UNREAD = 4096


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Served]]:
    with both(tmp_path_factory.mktemp("held"), rate=RATE) as served:
        yield served


@pytest.mark.parametrize("through", ["the worker alone", "the front"])
def test_held_streams_miss_nothing_and_cost_little(
    served: tuple[Served, Served], through: str
) -> None:
    api, front = served
    port = front.port if through == "the front" else api.port

    async def hold() -> None:
        (await listen(port, count=20)).close()
        memory = api.memory
        listeners = await listen(port, count=STREAMS)
        assert (api.memory - memory) / STREAMS < MOST_FOR_ONE
        await listeners.hear(2)
        assert listeners.problems == []
        assert min(listener.events for listener in listeners.all) > RATE
        listeners.close()

    asyncio.run(hold())


@pytest.mark.parametrize("through", ["the worker alone", "the front"])
@pytest.mark.attack(110)
def test_who_does_not_read_costs_little_and_the_others_nothing(
    served: tuple[Served, Served], through: str
) -> None:
    api, front = served
    port = front.port if through == "the front" else api.port
    before = [process.memory for process in served]

    async def hear() -> None:
        listeners = await listen(port, count=10)
        await listeners.hear(1)
        assert listeners.problems == []
        listeners.close()

    with stalled(port, count=20) as names:
        made = wait_for_pause(api, names)
        assert max(made.values()) < 64 * 1024
        grown = [process.memory - old for process, old in zip(served, before, strict=True)]
        assert max(grown) < 20 * MOST_FOR_ONE_UNREAD
        asyncio.run(hear())
    # nobody is left to send to, and these generators wait for nothing else
    assert answer(f"http://127.0.0.1:{api.port}/api/left")


def test_garbage_is_not_collected_with_every_event(served: tuple[Served, Served]) -> None:
    assert answer(f"http://127.0.0.1:{served[0].port}/api/collected_after") == (200, "10000")
