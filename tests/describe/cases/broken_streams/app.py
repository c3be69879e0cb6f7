from collections.abc import AsyncIterator

import json
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from sse_starlette import EventSourceResponse

app = FastAPI()


class Item(BaseModel):
    name: str


async def items() -> AsyncIterator[Item]:
    yield Item(name="a")


@app.get("/models-as-text")
async def models_as_text():
    return StreamingResponse(items(), media_type="application/x-ndjson")


@app.get("/models-as-events")
async def models_as_events():
    return StreamingResponse(items(), media_type="text/event-stream")


@app.get("/dict-as-data")
async def dict_as_data():
    async def events():
        yield {"event": "item", "data": {"name": "a"}}

    return EventSourceResponse(events())


@app.get("/model-as-data")
async def model_as_data():
    return EventSourceResponse(items())


@app.get("/json-of-a-model")
async def json_of_a_model():
    async def events():
        async for item in items():
            yield {"data": json.dumps(item)}

    return EventSourceResponse(events())


@app.get("/in-pieces")
async def in_pieces():
    async def events():
        yield "event: item\n"
        yield 'data: {"name": "a"}\n\n'

    return StreamingResponse(events(), media_type="text/event-stream")


@app.get("/framed-twice")
async def framed_twice():
    async def events():
        async for item in items():
            yield f"data: {item.model_dump_json()}\n\n"

    return EventSourceResponse(events())


@app.get("/sentinel")
async def sentinel():
    async def events():
        async for item in items():
            yield f"data: {item.model_dump_json()}\n\n"
        yield "data: [DONE]\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


def cleaning_up():
    try:
        for item in [Item(name="a")]:
            yield item.model_dump_json() + "\n"
    finally:
        print("cleaned up")


@app.get("/sync-with-finally")
def sync_with_finally():
    return StreamingResponse(cleaning_up(), media_type="application/jsonl")


@app.get("/sync-within-with")
def sync_within_with():
    def events():
        with open(__file__) as file:
            for line in file:
                yield f"data: {json.dumps(line)}\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


@app.get("/sync-that-notices")
def sync_that_notices():
    def events():
        try:
            yield "text"
        except GeneratorExit:
            print("left")
            raise

    return EventSourceResponse(events())


@app.get("/sync-before-the-stream")
def sync_before_the_stream():
    def events():
        with open(__file__) as file:
            text = file.read()
        try:
            number = int(text[:1] == "f")
        finally:
            print("read")
        yield f"data: {number}\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


@app.get("/async-with-finally")
async def async_with_finally():
    async def events():
        try:
            yield "text"
        finally:
            print("cleaned up")

    return EventSourceResponse(events())


@app.get("/generator-as-value")
async def generator_as_value():
    return items()
