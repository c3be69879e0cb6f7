"""`backend/serving/generators.py` of every workspace: which generators a stream takes with it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from types import ModuleType
from typing import Any

import pytest
from starlette.concurrency import iterate_in_threadpool

from scaffolds.backends import backend_module


@pytest.fixture(scope="module")
def generators() -> ModuleType:
    return backend_module("serving.generators")


class Numbers:
    """Endless, and whether they were told to end."""

    def __init__(self, *, error: Exception | None = None) -> None:
        self.have_ended = False
        self._error = error

    async def values(self) -> AsyncIterator[int]:
        try:
            while True:
                yield 1
        finally:
            self.have_ended = True
            if self._error:
                raise self._error

    def sync_values(self) -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            self.have_ended = True


def broken_off(generators: ModuleType, stream: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs `stream` in a task of the request, as Starlette does, and breaks it off after that."""

    async def request() -> None:
        begun = generators.watched()
        await asyncio.create_task(stream())
        await begun.close()

    asyncio.run(request())


def test_one_that_is_not_iterated_any_more_is_closed(generators: ModuleType) -> None:
    numbers = Numbers()
    values = numbers.values()

    async def stream() -> None:
        await anext(values)

    async def request() -> None:
        begun = generators.watched()
        await asyncio.create_task(stream())
        assert not numbers.have_ended
        await begun.close()
        assert numbers.have_ended

    asyncio.run(request())


def test_so_is_one_that_was_iterated_in_threads(generators: ModuleType) -> None:
    numbers = Numbers()
    values = numbers.sync_values()

    async def stream() -> None:
        async for _ in iterate_in_threadpool(values):
            return

    broken_off(generators, stream)
    assert numbers.have_ended


def test_an_iterator_that_cannot_be_closed_is_let_go(generators: ModuleType) -> None:
    async def stream() -> None:
        async for _ in iterate_in_threadpool(iter([1, 2, 3])):
            return

    broken_off(generators, stream)


def test_what_runs_on_beside_the_stream_is_left_alone(generators: ModuleType) -> None:
    numbers = Numbers()
    values = numbers.values()

    async def request() -> None:
        begun = generators.watched()
        goes_on = asyncio.Event()

        async def run() -> None:
            await anext(values)
            goes_on.set()
            await asyncio.sleep(3600)

        async def stream() -> "asyncio.Task[None]":
            return asyncio.create_task(run())

        task = await asyncio.create_task(stream())
        await goes_on.wait()
        await begun.close()
        assert not numbers.have_ended
        task.cancel()

    asyncio.run(request())


def test_so_is_what_the_request_itself_has_begun(generators: ModuleType) -> None:
    numbers = Numbers()
    values = numbers.values()

    async def request() -> None:
        begun = generators.watched()
        await anext(values)
        await begun.close()
        assert not numbers.have_ended

    asyncio.run(request())


def test_an_exception_of_one_is_logged_and_keeps_no_other_open(
    generators: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = Numbers(), Numbers(error=ValueError("the file is gone"))
    values = good.values(), bad.values()

    async def stream() -> None:
        for each in values:
            await anext(each)

    with caplog.at_level(logging.ERROR):
        broken_off(generators, stream)
    assert good.have_ended
    assert bad.have_ended
    assert "ValueError: the file is gone" in caplog.text


def test_the_event_loop_is_told_of_generators_as_before(generators: ModuleType) -> None:
    numbers = Numbers()

    async def request() -> None:
        generators.watched()
        generators.watched()
        await anext(numbers.values())

    asyncio.run(request())  # which closes what is still open at its end
    assert numbers.have_ended
