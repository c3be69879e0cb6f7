"""The place of one process, with processes that are only numbers."""

import signal
from itertools import count

import pytest

from fluidkit_cli.devserver.process import Process
from fluidkit_cli.production import slot as module
from fluidkit_cli.production.slot import Slot

from .hands import Hands

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
        launch=lambda: Process("api", next(numbers)),
        timer=clock,
        leaving_seconds=LEAVING_SECONDS,
    )
    made.start()
    made.ready()
    return made


def test_the_old_one_is_told_to_end_when_the_new_one_serves(
    slot: Slot, signals: list[tuple[int, int]]
) -> None:
    slot.start()
    assert (slot.pid, signals) == (1, [])
    slot.ready()
    assert (slot.pid, signals) == (2, [(1, signal.SIGTERM)])
    assert not slot.is_settled
    assert slot.ended(1) == "left"
    assert slot.is_settled


def test_a_new_one_may_crash_while_the_old_one_leaves(slot: Slot) -> None:
    slot.start()
    slot.ready()
    assert slot.ended(2) == "crashed"
    assert slot.is_empty
    slot.start()
    slot.ready()
    assert [process.pid for process in slot.processes] == [3, 1]
    assert slot.ended(1) == "left"
    assert slot.pid == 3


def test_both_may_end_while_the_new_one_comes(slot: Slot) -> None:
    slot.start()
    assert slot.ended(1) == "crashed"
    assert not slot.is_empty
    assert slot.ended(2) == "failed"
    assert slot.is_empty


def test_a_new_one_that_ends_early_leaves_the_old_one(slot: Slot) -> None:
    slot.start()
    assert slot.ended(2) == "kept"
    assert slot.pid == 1


def test_who_does_not_come_or_leave_in_time_is_killed(
    slot: Slot, clock: Hands, signals: list[tuple[int, int]]
) -> None:
    clock.pass_(module.COMING_SECONDS)
    assert signals == []
    slot.start()
    clock.pass_(module.COMING_SECONDS)
    assert signals == [(2, signal.SIGKILL)]
    slot.ended(2)
    slot.start()
    slot.ready()
    clock.pass_(LEAVING_SECONDS)
    assert signals[-2:] == [(1, signal.SIGTERM), (1, signal.SIGKILL)]
