"""The place of one process, with processes that are only numbers."""

import signal
from itertools import count
from pathlib import Path

import pytest

from fluidkit_cli.devserver.process import Process
from fluidkit_cli.production import slot as module
from fluidkit_cli.production.slot import Slot

from .hands import Hands

RELEASE = Path("1")
LEAVING_SECONDS = 9.0


@pytest.fixture
def signals(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Who was sent what."""
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(Process, "signal", lambda self, number: sent.append((self.pid, number)))
    return sent


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def slot(signals: list[tuple[int, int]], clock: Hands) -> Slot:
    """Its processes have the numbers from 1 on."""
    numbers = count(1)
    made = Slot(
        "The API",
        launch=lambda release: Process("api", next(numbers)),
        timer=clock,
        leaving_seconds=LEAVING_SECONDS,
    )
    made.start(RELEASE)
    made.ready()
    return made


def test_the_old_one_is_told_to_end_when_the_new_one_serves(
    slot: Slot, signals: list[tuple[int, int]]
) -> None:
    slot.start(RELEASE)
    assert (slot.pid, signals) == (1, [])
    slot.ready()
    assert (slot.pid, signals) == (2, [(1, signal.SIGTERM)])
    assert not slot.is_settled
    assert slot.ended(1) == "left"
    assert slot.is_settled


def test_a_new_one_may_crash_while_the_old_one_leaves(slot: Slot) -> None:
    slot.start(RELEASE)
    slot.ready()
    assert slot.ended(2) == "crashed"
    assert slot.is_empty
    slot.start(RELEASE)
    slot.ready()
    assert [process.pid for process in slot.processes] == [3, 1]
    assert slot.ended(1) == "left"
    assert slot.pid == 3


def test_both_may_end_while_the_new_one_comes(slot: Slot) -> None:
    slot.start(RELEASE)
    assert slot.ended(1) == "crashed"
    assert not slot.is_empty
    assert slot.ended(2) == "failed"
    assert slot.is_empty


def test_a_new_one_that_ends_early_leaves_the_old_one(slot: Slot) -> None:
    slot.start(RELEASE)
    assert slot.ended(2) == "kept"
    assert slot.pid == 1


def test_one_that_comes_from_an_older_build_gives_way(
    slot: Slot, signals: list[tuple[int, int]]
) -> None:
    assert slot.ended(1) == "crashed"
    slot.start(RELEASE)
    slot.start(Path("2"))
    assert signals == [(2, signal.SIGKILL)]
    slot.ready()
    assert not slot.is_settled
    assert slot.ended(2) == "left"
    assert (slot.pid, slot.release, slot.is_settled) == (3, Path("2"), True)


def test_a_build_counts_from_when_it_serves(slot: Slot) -> None:
    slot.start(Path("2"))
    assert slot.release == RELEASE
    assert slot.ended(2) == "kept"
    assert slot.release == RELEASE


def test_who_does_not_come_or_leave_in_time_is_killed(
    slot: Slot, clock: Hands, signals: list[tuple[int, int]]
) -> None:
    clock.pass_(module.COMING_SECONDS)
    assert signals == []
    slot.start(RELEASE)
    clock.pass_(module.COMING_SECONDS)
    assert signals == [(2, signal.SIGKILL)]
    slot.ended(2)
    slot.start(RELEASE)
    slot.ready()
    clock.pass_(LEAVING_SECONDS)
    assert signals[-2:] == [(1, signal.SIGTERM), (1, signal.SIGKILL)]
