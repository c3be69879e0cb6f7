"""Runs as an application serves them, and work that a test lets go on step by step."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from pydantic import BaseModel

from scaffolds.backends import backend_module


class Step(BaseModel):
    number: int


class Work:
    """Says how it came to its end."""

    def __init__(self) -> None:
        self.steps: asyncio.Queue[int | BaseException | None] = asyncio.Queue()
        self.closed = asyncio.Event()

    async def __call__(self) -> AsyncIterator[Step]:
        try:
            while (step := await self.steps.get()) is not None:
                if isinstance(step, BaseException):
                    raise step
                yield Step(number=step)
        finally:
            self.closed.set()

    def do(self, *steps: int | BaseException | None) -> None:
        for step in steps:
            self.steps.put_nowait(step)


def play(scene: Callable[[Any, Work], Awaitable[None]]) -> None:
    """With runs named "steps", of steps."""
    channel, run = backend_module("channel"), backend_module("run")

    async def as_served() -> None:
        async with channel.channels(), run.runs(), asyncio.timeout(30):
            await scene(run.Runs[Step]("steps"), Work())

    asyncio.run(as_served())


async def following(runs: Any, id: str, *, after: str | None = None) -> list[Any]:
    """All that a follower gets."""
    return [event async for event in runs.follow(id, after)]


async def until(runs: Any, id: str, number: int) -> list[Any]:
    """What a follower gets until it has seen a step."""
    found = []
    async for event in runs.follow(id):
        found.append(event)
        if number in shown([event]):
            break
    return found


def shown(events: list[Any]) -> list[int]:
    """The steps that somebody knows of who got these."""
    channel, run = backend_module("channel"), backend_module("run")
    found: list[int] = []
    for event in events:
        if isinstance(event, run.Snapshot):
            found = [step.number for step in event.values]
        elif isinstance(event, channel.Event):
            found.append(event.value.number)
    return found
