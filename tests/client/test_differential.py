"""Random streams of events are read as a slow reader reads them, however they are cut."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from fluidkit_cli.client import AsyncStream, ServerSentEvent, Stream

from .conformance import client_of
from .differential import Event, Read, random_stream, read_slowly

SEEDS = range(600)


def whole(chunks: list[bytes]) -> Stream[ServerSentEvent]:
    @client_of(chunks).get("/", streaming_response=True)
    def stream(*, result: Iterator[ServerSentEvent]) -> Iterator[ServerSentEvent]:
        return result

    return stream()


def of_text(chunks: list[bytes]) -> AsyncStream[str]:
    @client_of(chunks).get("/", streaming_response=True)
    async def stream(*, result: AsyncIterator[str]) -> AsyncIterator[str]:
        return result

    return stream()


@pytest.mark.parametrize("first", SEEDS[::100])
def test_random_streams_are_read_as_by_a_slow_reader(first: int) -> None:
    for seed in range(first, first + 100):
        stream, chunks = random_stream(seed)
        wanted = read_slowly(stream)
        opened = whole(chunks)
        found = [Event(event.event, event.data, event.id) for event in opened]
        decoder = opened._reading._decoder
        assert decoder is not None
        assert Read(found, opened.last_event_id, decoder.retry) == wanted, (seed, chunks)


def test_random_streams_have_the_same_data_as_text() -> None:
    async def read(chunks: list[bytes]) -> list[str]:
        return [text async for text in of_text(chunks)]

    for seed in SEEDS:
        stream, chunks = random_stream(seed)
        assert asyncio.run(read(chunks)) == [event.data for event in read_slowly(stream).events]
