"""A server that streams in three dialects."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from typing import Annotated, Any

from fastapi import Body, FastAPI
from fastapi.responses import JSONResponse, RedirectResponse, StreamingResponse
from fastapi.sse import EventSourceResponse
from pydantic import BaseModel
from sse_starlette.sse import EventSourceResponse as ClassicEventSourceResponse

app = FastAPI()
Prompted = Annotated[str | None, Body(embed=True)]
VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class Token(BaseModel):
    text: str
    id: int
    field: str = "value"


TOKENS = [Token(text=word, id=number) for number, word in enumerate(("one", "two", "zwölf"))]


@app.api_route("/native", methods=VERBS, response_class=EventSourceResponse)
async def native(prompt: Prompted = None) -> AsyncIterable[Token]:
    for token in answer_to(prompt):
        yield token


@app.api_route("/classic", methods=VERBS)
async def classic(prompt: Prompted = None) -> ClassicEventSourceResponse:
    tokens = answer_to(prompt)

    async def events() -> AsyncIterator[dict[str, str]]:
        for token in tokens:
            yield {"event": "token", "id": str(token.id), "data": token.model_dump_json()}

    return ClassicEventSourceResponse(events())


@app.api_route("/lines", methods=VERBS)
async def lines(prompt: Prompted = None) -> AsyncIterable[Token]:
    for token in answer_to(prompt):
        yield token


def answer_to(prompt: str | None) -> list[Token]:
    return TOKENS + ([Token(text=prompt, id=9)] if prompt else [])


@app.get("/forever", response_class=EventSourceResponse)
async def forever() -> AsyncIterable[Token]:
    while True:
        yield TOKENS[0]
        await asyncio.sleep(0.001)


@app.get("/silent", response_class=EventSourceResponse)
async def silent() -> AsyncIterable[Token]:
    yield TOKENS[0]
    await asyncio.Event().wait()


@app.get("/text")
async def text() -> StreamingResponse:
    return StreamingResponse(iter(["zw", "ölf"]), media_type="text/plain")


@app.get("/page")
async def page() -> StreamingResponse:
    return StreamingResponse(iter(["<html>"]), media_type="text/html")


@app.get("/json")
async def one() -> dict[str, Any]:
    return {"text": "one", "id": 0}


@app.get("/refused")
async def refused() -> JSONResponse:
    return JSONResponse({"detail": "not for you"}, 403)


@app.get("/moved")
async def moved() -> RedirectResponse:
    return RedirectResponse("/native", 307)


@app.get("/elsewhere")
async def elsewhere() -> RedirectResponse:
    return RedirectResponse("http://elsewhere.invalid/native", 307)
