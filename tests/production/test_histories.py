"""Scripted histories of a run, with processes that are only numbers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from devserver.fakes import FakeGuard, FakeScreen
from fluidkit_cli.devserver.process import Process
from fluidkit_cli.errors import FluidkitError
from fluidkit_cli.production import session as module
from fluidkit_cli.production.launcher import Ready
from fluidkit_cli.production.plan import Plan, Server
from fluidkit_cli.production.session import Edges, Session
from fluidkit_cli.production.watch import MISSES, heartbeat

from .hands import Hands


@dataclass
class Launcher:
    started: int = 0

    def start(self, server: Server, release: Path) -> Process:
        self.started += 1
        return Process(server.name, self.started)


@dataclass
class Releases:
    is_built: bool = True

    def take(self) -> Path:
        if not self.is_built:
            raise FluidkitError("There is no build/")
        return Path("1")

    def drop(self, *, but: object) -> None: ...


class NoGuard(FakeGuard):
    """Ends as soon as it is told to."""

    def start(self) -> None: ...


@dataclass
class Play:
    """A run of one server in one process, the first of which serves."""

    is_built: bool = True
    clock: Hands = field(default_factory=Hands)
    screen: FakeScreen = field(default_factory=FakeScreen)

    def __post_init__(self) -> None:
        edges = Edges(
            launcher=cast(Any, Launcher()),
            releases=cast(Any, Releases(self.is_built)),
            guard=cast(Any, NoGuard([])),
            timer=self.clock,
            screen=cast(Any, self.screen),
            terminal_is_gone=lambda: False,
        )
        server = Server("api", "The API", cast(Any, None))
        urls = ("http://localhost",)
        self.session = Session(Plan((server,), "run", 1, 30, "build/", "spa", urls), edges)
        self.session.start()
        if self.is_built:
            self.session.handle(Ready(1))

    def be_silent(self) -> None:
        """All processes, for longer than they may."""
        for _ in range(MISSES + 1):
            self.clock.pass_(heartbeat(30))


@pytest.fixture
def aborted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    pids: list[int] = []
    monkeypatch.setattr(Process, "abort", lambda self: pids.append(self.pid))
    monkeypatch.setattr(Process, "signal", lambda self, number: None)
    return pids


@pytest.fixture
def trace(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Says whether a debugger has all processes in its hands."""
    return lambda is_so: monkeypatch.setattr(module, "is_traced", lambda pid: is_so)


def test_what_hangs_is_ended_unless_a_debugger_holds_it(
    aborted: list[int], trace: Callable[[bool], None]
) -> None:
    play = Play()
    trace(True)
    play.be_silent()
    assert aborted == []
    trace(False)
    play.be_silent()
    assert aborted == [1]


def test_what_leaves_is_not_ended_for_its_silence(
    aborted: list[int], trace: Callable[[bool], None]
) -> None:
    trace(False)
    play = Play()
    play.session._roll.begin()
    play.session.handle(Ready(2))
    play.be_silent()
    assert aborted == [2]


def test_without_a_build_the_run_ends_before_it_has_begun() -> None:
    play = Play(is_built=False)
    assert play.session.exit_code == 1
    assert ("error", "error: There is no build/") in play.screen.lines
