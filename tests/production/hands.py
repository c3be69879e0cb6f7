"""A clock without time."""

from collections.abc import Callable

from fluidkit_cli.devserver.clock import Clock


class Hands(Clock):
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, Callable[[], None]]] = []

    def now(self) -> float:
        return 0

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        self.waiting.append((seconds, act))

    def pass_(self, seconds: float) -> None:
        due = [act for after, act in self.waiting if after == seconds]
        self.waiting = [(after, act) for after, act in self.waiting if after != seconds]
        for act in due:
            act()
