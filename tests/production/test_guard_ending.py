"""The end of the guard, of `dev` and of `start` alike."""

from devserver.fakes import FakeGuard
from fluidkit_cli.devserver.guard_ending import END_SECONDS, GuardEnding

from .hands import Hands


def test_a_guard_that_does_not_go_in_time_is_killed() -> None:
    did: list[object] = []
    guard, clock = FakeGuard(did, pid=600), Hands()
    ending = GuardEnding(guard, clock)
    assert not ending.advance()
    assert not ending.advance()
    assert did == ["close guard"]
    clock.pass_(END_SECONDS)
    assert did == ["close guard", "kill guard"]
    guard.ended()
    assert ending.advance()
