from collections.abc import AsyncIterable, AsyncIterator, Iterable
from typing import Annotated, Any, Literal

from fastapi import FastAPI
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field

app = FastAPI()


class Token(BaseModel):
    type: Literal["token"] = "token"
    text: str


class Done(BaseModel):
    type: Literal["done"] = "done"
    total: int


@app.get("/events", response_class=EventSourceResponse)
async def events() -> AsyncIterable[Token]:
    """Tokens as they come."""
    yield Token(text="a")


@app.post("/events", response_class=EventSourceResponse)
async def asked(question: Token) -> AsyncIterator[Annotated[Token | Done, Field(discriminator="type")]]:
    yield Token(text="a")


@app.get("/lines")
async def lines() -> AsyncIterable[Token]:
    yield Token(text="a")


@app.get("/sync-lines")
def sync_lines() -> Iterable[int]:
    yield 1


@app.get("/sync-with-finally")
def sync_with_finally() -> Iterable[Token]:
    try:
        yield Token(text="a")
    finally:
        print("cleaned up")


@app.get("/named", response_class=EventSourceResponse)
async def named_events() -> AsyncIterable[ServerSentEvent]:
    yield ServerSentEvent(comment="hello")
    yield ServerSentEvent(data=Token(text="a"), event="token", id="1")
    yield ServerSentEvent(data={"left": 3, "ok": True}, event="progress")
    yield ServerSentEvent(data="text is JSON too", event="note")
    yield ServerSentEvent(raw_data="[DONE]", event="end")
    yield ServerSentEvent(retry=1000)


@app.get("/ended", response_class=EventSourceResponse)
async def ended() -> AsyncIterable[ServerSentEvent]:
    yield ServerSentEvent(data=Token(text="a"))
    yield ServerSentEvent(raw_data="[DONE]")


@app.get("/mixed", response_class=EventSourceResponse)
async def mixed() -> AsyncIterable[Token | ServerSentEvent]:
    yield Token(text="a")
    yield ServerSentEvent(data=Done(total=1), event="done")


@app.get("/no-annotation", response_class=EventSourceResponse)
async def no_annotation():
    yield {"text": "a", "token": Token(text="b")}


@app.get("/no-annotation-lines")
async def no_annotation_lines():
    for number in range(3):
        yield Done(total=number)


@app.get("/anything")
async def anything() -> AsyncIterable[Any]:
    yield 1


@app.get("/literal-names", response_class=EventSourceResponse)
async def literal_names(name: Literal["start", "stop"]):
    yield ServerSentEvent(data=1, event=name)


@app.get("/unclear-names", response_class=EventSourceResponse)
async def unclear_names(name: str):
    yield ServerSentEvent(data=1, event=name)
