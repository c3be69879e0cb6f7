"""`seeds/python-streaming.md`, line by line, against three kinds of servers."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, AsyncIterator, Iterator  # noqa: UP035 - as the page has it

import pytest
from pydantic import BaseModel

from fluidkit_cli import client as api

SERVERS = ["/native", "/classic", "/lines"]
WORDS = ["one", "two", "zwölf"]


class Event(BaseModel):
    text: str


class Token(BaseModel):
    text: str
    id: int


@pytest.mark.parametrize("path", SERVERS)
def test_a_basic_stream(served: str, path: str) -> None:
    client = api.APIClient(base_url=served)

    @client.get(path, streaming_response=True)
    async def stream_events(*, result: AsyncIterator[Event]) -> AsyncIterator[Event]:
        return result

    async def read() -> list[Event]:
        found = []
        async for event in await stream_events():
            found.append(event)
        return found

    assert asyncio.run(read()) == [Event(text=word) for word in WORDS]


@pytest.mark.parametrize("path", SERVERS)
def test_text_is_not_parsed(served: str, path: str) -> None:
    client = api.APIClient(base_url=served)

    @client.get(path, streaming_response=True)
    async def stream_text(*, result: AsyncIterator[str]) -> AsyncIterator[str]:
        return result

    async def read() -> list[str]:
        return [line async for line in await stream_text()]

    lines = asyncio.run(read())
    assert [Token.model_validate_json(line).text for line in lines] == WORDS


@pytest.mark.parametrize("path", SERVERS)
def test_dictionaries_are_parsed(served: str, path: str) -> None:
    client = api.APIClient(base_url=served)

    @client.get(path, streaming_response=True)
    async def stream_json(*, result: AsyncIterator[dict]) -> AsyncIterator[dict]:  # type: ignore[type-arg]
        return result

    async def read() -> list[Any]:
        return [data["field"] async for data in await stream_json()]

    assert asyncio.run(read()) == ["value"] * 3


@pytest.mark.parametrize("path", SERVERS)
def test_models_are_validated(served: str, path: str) -> None:
    client = api.APIClient(base_url=served)

    @client.get(path, streaming_response=True)
    async def stream_tokens(*, result: AsyncIterator[Token]) -> AsyncIterator[Token]:
        return result

    async def read() -> list[tuple[str, int]]:
        return [(token.text, token.id) async for token in await stream_tokens()]

    assert asyncio.run(read()) == list(zip(WORDS, range(3), strict=True))


class Prompt(BaseModel):
    prompt: str


@pytest.mark.parametrize("path", SERVERS)
@pytest.mark.parametrize("verb", ["get", "post", "put", "patch", "delete"])
def test_all_five_verbs_stream_and_data_is_the_body(served: str, path: str, verb: str) -> None:
    client = api.APIClient(base_url=served)
    decorator: api.Verb = getattr(client, verb)

    @decorator(path, streaming_response=True)
    async def plain(*, result: AsyncIterator[Event]) -> AsyncIterator[Event]:
        return result

    @decorator(path, streaming_response=True)
    async def with_data(
        *, result: AsyncIterator[Event], data: Prompt | dict[str, str]
    ) -> AsyncIterator[Event]:
        return result

    assert words_of(plain) == WORDS
    if verb != "get":
        assert words_of(lambda: with_data(data=Prompt(prompt="four"))) == [*WORDS, "four"]
        assert words_of(lambda: with_data(data={"prompt": "five"})) == [*WORDS, "five"]


@pytest.mark.parametrize("path", SERVERS)
def test_plain_functions_stream_too(served: str, path: str) -> None:
    client = api.APIClient(base_url=served)

    @client.get(path, streaming_response=True)
    def stream_events_sync(*, result: Iterator[Event]) -> Iterator[Event]:
        return result

    found = []
    for event in stream_events_sync():
        found.append(event.text)
    assert found == WORDS
    client.close()


def words_of(function: Callable[[], Awaitable[Any]]) -> list[str]:
    async def read() -> list[str]:
        return [event.text async for event in await function()]

    return asyncio.run(read())
