"""A run is never left without its guard."""

from pathlib import Path
from typing import Any, cast

from fluidkit_cli.devserver.events import Ended
from fluidkit_cli.production.plan import Plan
from fluidkit_cli.production.session import GUARD_SECONDS, Edges, Session

from .hands import Hands


class Guard:
    """The system refuses to start it the first time."""

    pid = 0
    starts = 0

    def start(self) -> None:
        self.starts += 1
        if self.starts == 1:
            raise OSError(11, "Resource temporarily unavailable")

    def drop(self, group: int) -> None: ...
    def ended(self) -> None: ...


class Releases:
    def take(self) -> Path:
        return Path("1")


class Screen:
    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def put(self, text: str, voice: str = "say") -> None:
        self.lines.append((voice, text))

    def pass_on(self, lines: object, voice: str, *, unfinished: str = "") -> None: ...


def test_a_guard_that_the_system_does_not_start_is_tried_again() -> None:
    guard, screen, clock = Guard(), Screen(), Hands()
    edges = Edges(
        launcher=cast(Any, None),
        releases=cast(Any, Releases()),
        guard=cast(Any, guard),
        timer=clock,
        screen=cast(Any, screen),
        terminal_is_gone=lambda: False,
    )
    session = Session(Plan((), "run", 1, 0, "build/", "spa", ("http://localhost",)), edges)
    session.start()
    assert screen.lines == [
        (
            "warn",
            "The guard cannot be started (Resource temporarily unavailable); tried again in 1 s",
        )
    ]
    clock.pass_(GUARD_SECONDS)
    assert guard.starts == 2
    session.handle(Ended("guard", 1, 0))
    assert guard.starts == 3
