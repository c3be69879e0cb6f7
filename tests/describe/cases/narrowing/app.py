"""Values of which conditions leave some: by `None`, by `isinstance`, by a field, by `match`."""

import enum
import json
from asyncio import Queue
from collections.abc import AsyncIterator
from typing import Literal

from fastapi import FastAPI
from pydantic import BaseModel
from sse_starlette import EventSourceResponse
from typing_extensions import TypedDict

app = FastAPI()


class Row(TypedDict):
    id: int


class Kind(str, enum.Enum):
    TOKEN = "token"
    ERROR = "error"
    END = "end"


class Token(BaseModel):
    kind: Literal[Kind.TOKEN] = Kind.TOKEN
    text: str


class Failure(BaseModel):
    kind: Literal["error"] = "error"
    reason: str


class Fatal(Failure):
    code: int


class End(BaseModel):
    kind: Literal["end"] = "end"


async def all_kinds() -> AsyncIterator[Token | Failure | End]:
    yield End()


def filled(*items) -> Queue:
    queue: Queue = Queue()
    for item in items:
        queue.put_nowait(item)
    return queue


def stream(content):
    return EventSourceResponse(content)


def event(name: str, data) -> dict:
    return {"event": name, "data": json.dumps(data)}


@app.get("/left-on-none")
async def left_on_none():
    rows: Queue[Row | None] = filled({"id": 1}, None)

    async def events():
        while True:
            row = await rows.get()
            if row is None:
                yield event("end", row)
                break
            yield event("row", row)

    return stream(events())


@app.get("/named-while-not-none")
async def named_while_not_none():
    rows: Queue[Row | None] = filled({"id": 1}, None)

    async def events():
        while (row := await rows.get()) is not None:
            yield event("row", row)

    return stream(events())


@app.get("/taken-again")
async def taken_again():
    rows: Queue[Row | None] = filled({"id": 1}, None)

    async def events():
        row = await rows.get()
        while row:
            yield event("row", row)
            row = await rows.get()
            yield event("next", row)

    return stream(events())


@app.get("/bound-anew")
async def bound_anew():
    rows: Queue[Row | None] = filled(*[{"id": 1}] * 2, None, None)

    async def events():
        row = await rows.get()
        if row is not None:
            row = await rows.get()
            yield event("row", row)
        if row is None:
            return
        for _ in range(2):
            yield event("looped", row)
            row = await rows.get()

    return stream(events())


@app.get("/asserted")
async def asserted():
    rows: Queue[Row | int | None] = filled({"id": 1})

    async def events():
        row = await rows.get()
        assert row is not None and not isinstance(row, int)
        yield event("row", row)

    return stream(events())


@app.get("/by-class")
async def by_class():
    async def events():
        async for item in all_kinds():
            if isinstance(item, Token):
                yield event("token", item.model_dump())
            elif isinstance(item, (Failure, End)) and not isinstance(item, End):
                yield event("error", item.model_dump())
            else:
                yield event("end", item.model_dump())

    return stream(events())


@app.get("/by-class-above")
async def by_class_above():
    failures: Queue[Failure | None] = filled(Fatal(reason="a", code=1))

    async def events():
        failure = await failures.get()
        if isinstance(failure, Fatal):
            yield event("fatal", failure.model_dump())
        elif isinstance(failure, Failure | None):
            yield event("failure", failure and failure.model_dump())

    return stream(events())


@app.get("/by-field")
async def by_field():
    async def events():
        async for item in all_kinds():
            if item.kind == Kind.TOKEN:
                yield event("token", item.model_dump())
                continue
            if item.kind != "error":
                yield event(item.kind, item.model_dump())
                return
            yield event("error", item.model_dump())

    return stream(events())


@app.get("/by-match")
async def by_match():
    async def events():
        async for item in all_kinds():
            match item:
                case Token(text="") | Failure(reason=""):
                    yield event("empty", item.model_dump())
                case Token() as token:
                    yield event("token", token.model_dump())
                case other:
                    yield event("other", other.model_dump())

    return stream(events())


@app.get("/by-match-of-a-field")
async def by_match_of_a_field():
    async def events():
        async for item in all_kinds():
            match item.kind:
                case Kind.TOKEN:
                    yield event("token", item.model_dump())
                case "error" | "end":
                    yield event("not-token", item.model_dump())

    return stream(events())


@app.get("/by-one-of-two")
async def by_one_of_two():
    async def events():
        async for item in all_kinds():
            if isinstance(item, Token) or isinstance(item, End):
                yield event("good", item.model_dump())
            else:
                yield event("bad", item.model_dump())

    return stream(events())


@app.get("/a-generator-or-data")
async def a_generator_or_data(size: int):
    async def events():
        yield event("size", size)

    found = events() if size else Token(text="a")
    if isinstance(found, Token):
        return stream(iter([event("token", found.model_dump())]))
    return stream(found)


@app.get("/by-an-unclear-field")
async def by_an_unclear_field(kind: str):
    async def events():
        async for item in all_kinds():
            if item.kind != kind.lower():
                yield event("asked", item.model_dump())
            if isinstance(item, Token) and isinstance(item, End):
                yield event("never", item.model_dump())

    return stream(events())


@app.get("/by-member")
async def by_member():
    async def events():
        for kind in Kind:
            match kind:
                case Kind.TOKEN:
                    yield event(kind.value, {"text": "a"})
                case Kind.END:
                    yield event(kind.value, {"reason": type(kind).__name__})

    return stream(events())
