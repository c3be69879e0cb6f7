"""Items of every type that pydantic validates, of events and of lines, by both kinds of loops."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from fluidkit_cli.client import APIClient, DataError

from .conformance import client_of


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    tricks: list[str] = []


class Place(TypedDict):
    x: int


@dataclass
class Size:
    width: float


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]

TYPES: list[tuple[Any, str, Any, str]] = [
    (str, '{"as": "it is"}', '{"as": "it is"}', ""),
    (dict, '{"a": 1}', {"a": 1}, "[1]"),
    (Cat, '{"lives": 9}', Cat(lives=9), '{"lives": "many"}'),
    (list[Cat], '[{"lives": 9}, {"lives": 1}]', [Cat(lives=9), Cat(lives=1)], '{"lives": 9}'),
    (Pet, '{"kind": "dog", "tricks": ["sit"]}', Dog(tricks=["sit"]), '{"kind": "cow"}'),
    (Place, '{"x": 1}', {"x": 1}, "{}"),
    (Size, '{"width": 1.5}', Size(1.5), '{"width": null}'),
    (Literal["on", 1], '"on"', "on", '"off"'),
    (datetime, '"2026-01-02T03:04:05Z"', datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), '"soon"'),
    (int | None, "null", None, '"x"'),
]
WIRES = {"text/event-stream": "data: {}\n\n", "application/x-ndjson": "{}\r\n"}


def plain(client: APIClient, item: Any) -> list[Any]:
    @client.get("/", streaming_response=True)
    def stream(*, result: Iterator[item]) -> Iterator[item]:
        return result

    return list(stream())


def awaited(client: APIClient, item: Any) -> list[Any]:
    @client.post("/", streaming_response=True)
    async def stream(*, result: AsyncIterator[item]) -> AsyncIterator[item]:
        return result

    async def read() -> list[Any]:
        return [each async for each in await stream()]

    return asyncio.run(read())


@pytest.mark.parametrize("content_type", WIRES)
@pytest.mark.parametrize(("item", "wire", "value", "wrong"), TYPES, ids=lambda each: str(each)[:30])
def test_items_are_validated_and_what_is_wrong_says_so(
    item: Any, wire: str, value: Any, wrong: str, content_type: str
) -> None:
    def sent(*texts: str) -> APIClient:
        body = "".join(WIRES[content_type].replace("{}", text) for text in texts)
        return client_of([body.encode()], content_type)

    for read in (plain, awaited):
        assert read(sent(wire, wire), item) == [value, value]
        if wrong:
            with pytest.raises(DataError) as caught:
                read(sent(wire, wrong), item)
            error = caught.value
            assert (error.kind, error.index, error.payload) == ("invalid_value", 1, wrong)
            assert error.reason in str(error)
            assert error.reason
