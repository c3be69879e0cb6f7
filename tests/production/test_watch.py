"""Who is heard of, and who hangs."""

import pytest

from fluidkit_cli.production.watch import MISSES, Watch, heartbeat

from .hands import Hands

INTERVAL = heartbeat(30)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def hung() -> list[int]:
    return []


@pytest.fixture
def watch(clock: Hands, hung: list[int]) -> Watch:
    made = Watch(clock, 30, hangs=hung.append)
    made.start()
    return made


def test_who_is_heard_of_now_and_then_does_not_hang(
    watch: Watch, clock: Hands, hung: list[int]
) -> None:
    for _ in range(3):
        watch.heard(7)
        for _ in range(MISSES):
            clock.pass_(INTERVAL)
    assert hung == []


def test_who_is_not_heard_of_for_the_whole_time_does(
    watch: Watch, clock: Hands, hung: list[int]
) -> None:
    watch.heard(7)
    for _ in range(MISSES):
        watch.heard(8)
        clock.pass_(INTERVAL)
    assert hung == []
    watch.heard(8)
    clock.pass_(INTERVAL)
    clock.pass_(INTERVAL)
    assert hung == [7]


def test_who_will_say_nothing_more_does_not(watch: Watch, clock: Hands, hung: list[int]) -> None:
    watch.heard(7)
    watch.forget(7)
    for _ in range(2 * MISSES):
        clock.pass_(INTERVAL)
    assert hung == []


def test_nobody_is_watched_for_no_seconds(hung: list[int]) -> None:
    clock = Hands()
    watch = Watch(clock, 0, hangs=hung.append)
    watch.start()
    watch.heard(7)
    assert clock.waiting == []
    assert heartbeat(0) > 0
