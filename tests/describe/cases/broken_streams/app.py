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


@app.get("/generator-as-value")
async def generator_as_value():
    return items()
