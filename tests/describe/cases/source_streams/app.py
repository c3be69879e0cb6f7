import asyncio
import enum
import functools
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Annotated, Generic, Literal, TypeVar

from fastapi import Depends, FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, TypeAdapter
from sse_starlette import EventSourceResponse, JSONServerSentEvent, ServerSentEvent
from typing_extensions import TypedDict

app = FastAPI()
T = TypeVar("T")
NDJSON = "application/x-ndjson"
HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}


class Token(BaseModel):
    text: str


class Done(BaseModel):
    total: int


class Row(TypedDict):
    id: int


class Name(str, enum.Enum):
    token = "token"
    done = "done"


class Channel(Generic[T]):
    def __aiter__(self) -> AsyncIterator[T]: ...

    async def take(self) -> T: ...


class Chat:
    tokens: list[Token]

    async def stream(self, question: str) -> AsyncIterator[Token]:
        for token in self.tokens:
            yield token

    async def frames(self, question: str):
        async for token in self.stream(question):
            yield frame(Name.token, token)

    def answer(self, question: str):
        return StreamingResponse(self.frames(question), media_type="text/event-stream")


def get_chat() -> Chat: ...


async def rows() -> AsyncIterator[Row]:
    yield {"id": 1}


def frame(name: Name, payload: BaseModel) -> str:
    return f"event: {name.value}\ndata: {payload.model_dump_json()}\n\n"


def line(value) -> bytes:
    return json.dumps(value).encode() + b"\n"


def event_stream(content):
    return StreamingResponse(content, headers=HEADERS)


@app.get("/helper-frames")
async def helper_frames(chat: Annotated[Chat, Depends(get_chat)]):
    async def frames():
        async for token in chat.stream("x"):
            yield frame(Name.token, token)
        yield frame(Name.done, Done(total=1))

    return event_stream(frames())


@app.get("/method")
async def method(chat: Chat = Depends(get_chat)):
    return chat.answer("x")


@app.get("/injected")
async def injected(chat=Depends(get_chat)):
    return chat.answer("x")


@app.get("/typed-dicts")
async def typed_dicts():
    async def lines():
        async for row in rows():
            yield line(row)

    return StreamingResponse(lines(), media_type=NDJSON)


@app.get("/built")
async def built():
    async def lines():
        for number, word in enumerate("a b".split()):
            row = {"number": number, "word": word, "tags": [word], "kind": "row", "none": None}
            yield json.dumps(row) + "\n"

    return StreamingResponse(lines(), media_type=NDJSON)


@app.get("/adapter")
async def adapter():
    tokens = TypeAdapter(list[Token])

    def lines() -> Iterator[bytes]:
        yield tokens.dump_json([]) + b"\n"

    return StreamingResponse(lines(), media_type=NDJSON)


@app.get("/generic")
async def generic(request: Request):
    channel: Channel[Token] = request.app.state.channel

    async def events():
        first = await channel.take()
        yield {"event": "first", "data": first.model_dump_json()}
        async for token in channel:
            yield {"data": json.dumps(jsonable_encoder(token))}

    return EventSourceResponse(events())


@app.get("/queue")
async def queue():
    waiting: asyncio.Queue[Token | None] = asyncio.Queue()

    async def events():
        while (token := await asyncio.wait_for(waiting.get(), 1)) is not None:
            yield ServerSentEvent(token.model_dump_json(), event="token")

    return EventSourceResponse(events())


@app.get("/choice")
async def choice(name: Literal["a", "b"], as_rows: bool = False):
    async def events():
        yield JSONServerSentEvent({"n": 1} if as_rows else [1, 2], event=name)

    return EventSourceResponse(events())


@asynccontextmanager
async def connected() -> AsyncIterator[Chat]:
    yield Chat()


@app.get("/context")
async def context():
    async def events():
        async with connected() as chat:
            async for token in chat.stream("x"):
                yield f"data: {token.model_dump_json()}\n\n"

    return event_stream(events())


@app.get("/partial")
async def partial():
    respond = functools.partial(StreamingResponse, media_type=NDJSON)
    return respond(token.model_dump_json() + "\n" for token in Chat().tokens)


@app.get("/joined")
async def joined():
    async def events():
        for token in Chat().tokens:
            fields = ["event: token", f"id: {token.text}", f"data: {token.model_dump_json()}"]
            yield "\n".join(fields) + "\n\n"
        yield ": ping\n\n"

    return event_stream(events())


@app.get("/bytes")
async def raw_bytes():
    async def frames():
        for token in Chat().tokens:
            yield f"event: token\ndata: {token.model_dump_json()}\n\n".encode()

    return EventSourceResponse(frames())


@app.get("/plain-text")
async def plain_text():
    async def events():
        yield "just text"
        yield {"event": "count", "data": 3}

    return EventSourceResponse(events())
