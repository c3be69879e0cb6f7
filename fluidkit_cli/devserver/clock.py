"""The supervisor's clock."""

import asyncio
from collections.abc import Callable

from .events import Due, Post


class Clock:
    """Tells the time, and posts `Due` when some of it has passed."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._loop = asyncio.get_running_loop()

    def now(self) -> float:
        """Seconds, of the same clock as `Saved.at`."""
        return self._loop.time()

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Has the supervisor call `act` then, between two messages."""
        self._loop.call_later(seconds, self._post, Due(act))
