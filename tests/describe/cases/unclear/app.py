import json
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse
from sse_starlette import EventSourceResponse

app = FastAPI()
ROWS: list = []
CACHE = {}


def load(): ...


def remember(key, value):
    CACHE[key] = value


@app.get("/unannotated-call")
async def unannotated_call(client: Any):
    async def events():
        for chunk in client.chat(stream=True):
            yield {"data": json.dumps(chunk)}

    return EventSourceResponse(events())


@app.get("/media-type")
async def media_type(kind: str):
    return StreamingResponse(iter(["a"]), media_type=kind)


@app.get("/elsewhere")
async def elsewhere(request: Request):
    return request.app.state.make_stream()


@app.get("/declared", responses={200: {"content": {"text/event-stream": {}}}})
async def declared(request: Request):
    return request.app.state.make_stream()


@app.get("/untyped-list")
async def untyped_list():
    async def lines():
        for row in ROWS:
            yield json.dumps(row) + "\n"

    return StreamingResponse(lines(), media_type="application/jsonl")


@app.get("/changing")
async def changing(key: str):
    return CACHE[key]


@app.get("/response")
async def response(made: Any) -> Response:
    return made


@app.get("/recursive")
async def recursive():
    def walk(node):
        yield from walk(node.left)

    return StreamingResponse(walk(load()), media_type="application/jsonl")
