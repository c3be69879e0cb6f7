"""Streams of objects: what they hold stands in their class, or in their `__init__`."""

import json
import os
from collections.abc import AsyncIterator
from typing import Protocol, runtime_checkable

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

app = FastAPI()


class Token(BaseModel):
    text: str


@runtime_checkable
class Named(Protocol):
    name: str


class Engine:
    async def tokens(self) -> AsyncIterator[Token]:
        yield Token(text="a")


class Streams:
    media_type = "text/event-stream"
    separator = "\n\n"

    def __init__(self, engine: Engine, source):
        self.engine = engine
        self.source = source
        self.done = "[DONE]"
        self.home = os.environ.get("HOME")
        self.count = 0
        self.moved = "moved"
        self.found: Token | None = None
        self.rows = [{"a": 1}]
        if source is None:
            self.maybe = "maybe"

    def frame(self, data: str) -> str:
        return f"data: {data}{self.separator}"

    def response(self, content):
        return StreamingResponse(content, media_type=self.media_type)

    def event(self, name: str, value) -> str:
        return f"event: {name}{chr(10)}data: {json.dumps(value)}\n\n"

    async def typed(self):
        async def frames():
            async for token in self.engine.tokens():
                yield self.frame(token.model_dump_json())
            yield self.frame(self.done)

        return self.response(frames())

    async def live(self):
        async def frames():
            async for token in self.source.tokens():
                yield self.frame(token.model_dump_json())

        return self.response(frames())

    async def counted(self):
        async def frames():
            self.count += 1
            yield self.frame(json.dumps({"home": self.home, "found": self.found and "yes"}))
            yield self.frame(json.dumps({"count": self.count}))
            yield self.frame(json.dumps({"rows": self.rows, "maybe": self.maybe}))

        return self.response(frames())

    async def moving(self):
        async def frames():
            yield self.frame(json.dumps({"moved": self.moved}))

        return self.response(frames())


class Louder(Streams):
    separator = "\n\n\n"

    def frame(self, data: str) -> str:
        return f": loud{chr(10)}" + super().frame(data)


class Quiet(Louder):
    def frame(self, data: str) -> str:
        return super().frame(data)


class Numbered(Streams):
    def frame(self, data: str) -> str:
        return "id: 1\n" + super().frame(data)


streams = Streams(Engine(), Engine())
app.get("/typed")(streams.typed)
app.get("/live")(streams.live)
app.get("/counted")(streams.counted)
app.get("/moving")(streams.moving)
app.get("/inherited")(Numbered(Engine(), None).typed)


def move():
    streams.moved = "there"


@app.get("/made-in-the-route")
async def made_in_the_route():
    return await Numbered(Engine(), None).typed()


@app.get("/one-of-its-subclasses")
async def one_of_its_subclasses(loud: bool):
    found: Streams = Louder(Engine(), None) if loud else Streams(Engine(), None)
    return await found.typed()


@app.get("/of-a-protocol")
async def of_a_protocol():
    item = Token(text="a") if streams.count else Engine()
    if isinstance(item, Named):
        return {"name": "a"}
    return {"text": "b"}
