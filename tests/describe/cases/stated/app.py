"""Routes that say themselves what they stream, where their source does not show it."""

import json
from typing import Any

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

app = FastAPI()


class Token(BaseModel):
    text: str
    word_count: int = Field(1, alias="wordCount")


class Done(BaseModel):
    total: int


def made() -> Any:
    """As a library that is not annotated gives it."""
    return [
        ("token", {"text": "a", "word_count": 1}),
        ("done", {"total": 1}),
    ]


def sent(kinds: list[str]):
    for kind, data in made():
        if kind in kinds:
            yield f"event: {kind}\ndata: {json.dumps(data)}\n\n"


def stream(content):
    return StreamingResponse(content, media_type="text/event-stream")


@app.get("/named", openapi_extra={"x-stream": {"events": {"token": "app:Token", "done": "app:Done"}}})
async def named():
    return stream(sent(["token", "done"]))


@app.get(
    "/ended",
    openapi_extra={"x-stream": {"kind": "sse", "item": "app:Token", "ends": ["[DONE]"]}},
)
async def ended():
    def frames():
        for _, data in made()[:1]:
            yield f"data: {json.dumps(data)}\n\n"
        yield "data: [DONE]\n\n"

    return stream(frames())


@app.get("/as-text", openapi_extra={"x-stream": {"kind": "sse", "item": "builtins:str"}})
async def as_text():
    return stream(f"data: {kind}\n\n" for kind, _ in made())


@app.get("/lines", openapi_extra={"x-stream": {"kind": "jsonl", "item": "app:Done"}})
async def lines():
    return StreamingResponse(
        (json.dumps(data) + "\n" for _, data in made()[1:]), media_type="application/jsonl"
    )


@app.get("/kind-from-source", openapi_extra={"x-stream": {"item": "app:Done"}})
async def kind_from_source():
    return StreamingResponse(
        (json.dumps(data) + "\n" for _, data in made()[1:]), media_type="application/jsonl"
    )


@app.get("/plain", openapi_extra={"x-stream": {"kind": "json", "item": "app:Done"}})
async def plain():
    return made()[1][1]


@app.get("/by-flag", openapi_extra={"x-stream": {"kind": "sse", "item": "app:Done"}})
async def by_flag(stream: bool = False):
    if stream:
        return StreamingResponse(
            (f"data: {json.dumps(data)}\n\n" for _, data in made()[1:]),
            media_type="text/event-stream",
        )
    return {"total": 1}


@app.get("/documented", responses={200: {"model": Done}})
async def documented():
    return made()[1][1]


@app.get("/one-of-two", openapi_extra={"x-stream": {"kind": "sse"}})
async def one_of_two(short: int = 3):
    if short < 0:
        return {"total": 0}
    return StreamingResponse(iter(['data: {"total": 1}\n\n']), media_type="text/event-stream")


# What is wrong is said, and the rest counts:


@app.get("/as-a-type", openapi_extra={"x-stream": {"kind": "jsonl", "item": Done}})
async def as_a_type():
    return StreamingResponse(
        (json.dumps(data) + "\n" for _, data in made()[1:]), media_type="application/jsonl"
    )


@app.get("/overruled", openapi_extra={"x-stream": {"kind": "jsonl", "item": "app:Done"}})
async def overruled() -> list[Token]:
    return [Token(text="a", wordCount=1)]


@app.get(
    "/other-media-type",
    responses={200: {"content": {"text/event-stream": {}}}},
    openapi_extra={"x-stream": {"kind": "jsonl", "item": "app:Done"}},
)
async def other_media_type():
    return stream(sent(["done"]))


@app.get("/missing-type", openapi_extra={"x-stream": {"kind": "sse", "item": "app:Missing"}})
async def missing_type():
    return stream(f"data: {json.dumps(data)}\n\n" for _, data in made())


@app.get("/no-type", openapi_extra={"x-stream": {"kind": "json", "item": "app:made"}})
async def no_type():
    return made()


@app.get("/odd-keys", openapi_extra={"x-stream": {"kind": "text", "events": {}, "itme": "app:Done"}})
async def odd_keys():
    return StreamingResponse(iter(["a"]), media_type="text/plain")


@app.get("/odd-kind", openapi_extra={"x-stream": {"kind": "events"}})
async def odd_kind():
    return Done(total=1)


@app.get("/no-item", openapi_extra={"x-stream": {"kind": "sse", "ends": ["[DONE]"]}})
async def no_item():
    return stream(sent(["done"]))


@app.get("/odd-ends", openapi_extra={"x-stream": {"item": "app:Done", "ends": "[DONE]"}})
async def odd_ends():
    return stream(f"data: {json.dumps(data)}\n\n" for _, data in made()[1:])


@app.get("/no-table", openapi_extra={"x-stream": "app:Done"})
async def no_table():
    return Done(total=1)
