"""Dicts that are put together of others before they are sent."""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from typing import Literal

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict
from sse_starlette import EventSourceResponse
from typing_extensions import NotRequired, TypedDict

app = FastAPI()
COMMON = {"version": 1}


class Item(BaseModel):
    name: str
    note: str | None = None


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")

    name: str


class Late(TypedDict):
    name: NotRequired[int]
    at: float


@dataclass
class Step:
    number: int


class Message(BaseModel):
    event: Literal["started", "ended"]
    data: str


async def items() -> AsyncIterator[Item]:
    yield Item(name="a")


def lines(content):
    return StreamingResponse(content, media_type="application/x-ndjson")


@app.get("/model-and-more")
async def model_and_more():
    async def content():
        async for item in items():
            yield json.dumps({**item.model_dump(), "seq": 1}) + "\n"

    return lines(content())


@app.get("/later-keys-win")
async def later_keys_win():
    async def content():
        async for item in items():
            yield json.dumps({"name": 1, "seq": 1, **item.model_dump(exclude_none=True)}) + "\n"

    return lines(content())


@app.get("/a-key-that-may-miss")
async def a_key_that_may_miss(late: float):
    found: Late = {"at": late}

    async def content():
        async for item in items():
            yield json.dumps({**item.model_dump(), **found}) + "\n"

    return lines(content())


@app.get("/by-operator")
async def by_operator():
    async def content():
        yield json.dumps(asdict(Step(1)) | {"kind": "step"} | COMMON) + "\n"

    return lines(content())


@app.get("/by-call")
async def by_call():
    async def content():
        yield json.dumps(dict(asdict(Step(1)), kind="step")) + "\n"
        yield json.dumps(dict({"a": 1})) + "\n"

    return lines(content())


@app.get("/one-of-two")
async def one_of_two(flag: bool):
    async def content():
        async for item in items():
            found = item if flag else Open(name="b")
            yield json.dumps({"first": True, **found.model_dump()}) + "\n"

    return lines(content())


@app.get("/unclear-keys")
async def unclear_keys():
    async def content():
        async for item in items():
            yield json.dumps({**vars(item), "seq": 1}) + "\n"
            yield json.dumps(dict(item)) + "\n"

    return lines(content())


@app.get("/changed-later")
async def changed_later():
    async def content():
        row = {**asdict(Step(1)), "early": True}
        row["late"] = True
        yield json.dumps(row) + "\n"

    return lines(content())


@app.get("/events")
async def events():
    async def content():
        base = {"event": "token"}
        async for item in items():
            yield {**base, "data": item.model_dump_json()}
        yield base | {"event": "end", "data": "{}"}

    return EventSourceResponse(content())


@app.get("/dumped-events")
async def dumped_events():
    async def content():
        yield Message(event="started", data="now").model_dump()

    return EventSourceResponse(content())


@app.get("/dumped-without-being-events")
async def dumped_without_being_events():
    async def content():
        async for item in items():
            yield item.model_dump()

    return EventSourceResponse(content())
