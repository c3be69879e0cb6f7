"""What happens to users: in most seconds something, in some of them nothing."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from random import Random

PAUSE = 1.0
"""Seconds from one thing that may happen to the next."""

LINGER = 60.0
"""Seconds for which things happen to a user whom nobody watches any longer."""

MESSAGES = (
    "Ada commented on your pull request",
    "Grace approved your pull request",
    "Alan mentioned you in “Halting, or not”",
    "Your export is ready to download",
    "Barbara invited you to the team “Types”",
    "Deployment to production finished",
    "Edsger found a shorter path",
    "Your build passed in 1 min 12 s",
    "Margaret landed your change",
    "Three new people follow you",
)

Tell = Callable[[int, str], Awaitable[None]]


@contextmanager
def watched(user_id: int, *, tell: Tell) -> Iterator[None]:
    """Lets things happen to the user: `tell` is called with each."""
    story = stories().setdefault(user_id, Story(user_id))
    story.watchers += 1
    if story.task is None:
        story.task = asyncio.create_task(story.go_on(tell))
    try:
        yield
    finally:
        story.watchers -= 1
        story.left = time.monotonic()


@dataclass(slots=True)
class Story:
    """What happens to one user."""

    user_id: int
    watchers: int = 0
    left: float = 0.0
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    async def go_on(self, tell: Tell) -> None:
        chance = Random()
        try:
            while self.watchers or time.monotonic() < self.left + LINGER:
                if chance.random() < 0.8:
                    await tell(self.user_id, chance.choice(MESSAGES))
                await asyncio.sleep(PAUSE)
        finally:
            stories().pop(self.user_id, None)


@cache
def stories() -> dict[int, Story]:
    """Those that are being told, by the ids of their users."""
    return {}
