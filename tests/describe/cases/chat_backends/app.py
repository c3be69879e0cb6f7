"""Streams as authors of chat backends and of proxies for language models write them."""

import asyncio
import enum
import functools
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal, Optional, Union

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field, TypeAdapter
from sse_starlette.sse import EventSourceResponse, ServerSentEvent

app = FastAPI()


class Delta(BaseModel):
    role: Optional[str] = None
    content: Optional[str] = None


class Choice(BaseModel):
    index: int = 0
    delta: Delta
    finish_reason: Optional[Literal["stop", "length"]] = None


class Chunk(BaseModel):
    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int = Field(default_factory=lambda: int(time.time()))
    choices: list[Choice]


class Completion(BaseModel):
    id: str
    text: str


class CompletionRequest(BaseModel):
    prompt: str
    stream: Optional[bool] = False


class ErrorInfo(BaseModel):
    message: str


class EventType(str, enum.Enum):
    TOKEN = "token"
    ERROR = "error"
    END = "end"


class Kind(enum.StrEnum):
    START = "start"
    STOP = "stop"


@dataclass
class Step:
    name: str
    took: float


class TokenEvent(BaseModel):
    type: Literal["token"] = "token"
    text: str


class EndEvent(BaseModel):
    type: Literal["end"] = "end"
    reason: str


AnyEvent = Annotated[Union[TokenEvent, EndEvent], Field(discriminator="type")]
ADAPTER: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


class Engine:
    def __init__(self, name: str) -> None:
        self.name = name

    async def generate(self, prompt: str) -> AsyncGenerator[Chunk, None]:
        for word in prompt.split() or ["a"]:
            yield Chunk(id=self.name, choices=[Choice(delta=Delta(content=word))])

    async def complete(self, prompt: str) -> Completion:
        return Completion(id=self.name, text=prompt)

    @asynccontextmanager
    async def stream(self, prompt: str) -> AsyncIterator[AsyncIterator[Chunk]]:
        yield self.generate(prompt)


engine = Engine("small")


def get_engine() -> Engine:
    return engine


async def get_tokens() -> AsyncIterator[str]:
    async def tokens() -> AsyncIterator[str]:
        yield "a"

    return tokens()


def logged(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        print("called", function.__name__)
        return await function(*args, **kwargs)

    return wrapper


def sse(data: Any, event: str | None = None) -> str:
    payload = data.model_dump_json() if isinstance(data, BaseModel) else json.dumps(data)
    prefix = f"event: {event}\n" if event else ""
    return f"{prefix}data: {payload}\n\n"


# h01 OpenAI-compatible: by flag, chunks until [DONE]
@app.post("/h01")
async def h01(request: CompletionRequest, engine: Annotated[Engine, Depends(get_engine)]):
    if request.stream:
        async def stream_results() -> AsyncGenerator[str, None]:
            async for chunk in engine.generate(request.prompt):
                yield f"data: {chunk.model_dump_json(exclude_unset=True)}\n\n"
            yield "data: [DONE]\n\n"

        return StreamingResponse(stream_results(), media_type="text/event-stream")
    return await engine.complete(request.prompt)


# h02 the same through a helper, by early return, with background tasks
async def chunk_frames(engine: Engine, prompt: str):
    try:
        async for chunk in engine.generate(prompt):
            data = chunk.model_dump_json()
            yield f"data: {data}\n\n"
    except Exception as e:
        yield f"data: {json.dumps({'error': str(e)})}\n\n"
    finally:
        yield "data: [DONE]\n\n"


@app.post("/h02")
async def h02(request: CompletionRequest, tasks: BackgroundTasks):
    if not request.stream:
        result = await engine.complete(request.prompt)
        return JSONResponse(content=result.model_dump())
    return StreamingResponse(chunk_frames(engine, request.prompt), media_type="text/event-stream", background=tasks)


# h03 text tokens with an event end
@app.get("/h03")
async def h03(tokens: Annotated[AsyncIterator[str], Depends(get_tokens)]):
    async def events():
        async for token in tokens:
            yield {"event": "token", "data": token}
        yield {"event": "end", "data": ""}

    return EventSourceResponse(events())


# h04 enum event names, ServerSentEvent
@app.get("/h04")
async def h04(request: Request):
    async def events():
        async for chunk in engine.generate("a b"):
            if await request.is_disconnected():
                break
            yield ServerSentEvent(event=EventType.TOKEN, data=chunk.model_dump_json())
        yield ServerSentEvent(event=EventType.END.value, data=json.dumps({"ok": True}))

    return EventSourceResponse(events(), ping=15)


# h05 orjson-like bytes
@app.get("/h05")
async def h05():
    async def lines():
        async for chunk in engine.generate("a b"):
            yield ADAPTER.dump_json(TokenEvent(text=chunk.id)) + b"\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson")


# h06 a decorated route
@app.get("/h06")
@logged
async def h06(prompt: str = "a"):
    return StreamingResponse(
        (sse(c) async for c in engine.generate(prompt)), media_type="text/event-stream"
    )


# h07 a partial
def frames_of(kind: str, *, engine: Engine, prompt: str):
    async def inner():
        async for chunk in engine.generate(prompt):
            yield sse(chunk, event=kind)

    return inner()


@app.get("/h07")
async def h07():
    make = functools.partial(frames_of, "chunk", engine=engine)
    return StreamingResponse(make(prompt="a"), media_type="text/event-stream")


# h08 dataclass steps
@app.get("/h08")
async def h08():
    steps = [Step("load", 0.5), Step("run", 1.5)]

    async def events():
        for step in steps:
            yield f"event: step\ndata: {json.dumps(asdict(step))}\n\n"
        yield "event: done\ndata: {}\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


# h09 a queue filled by a task
@app.get("/h09")
async def h09():
    queue: asyncio.Queue[TokenEvent | None] = asyncio.Queue()

    async def work():
        await queue.put(TokenEvent(text="a"))
        await queue.put(None)

    async def events():
        task = asyncio.create_task(work())
        while True:
            item = await queue.get()
            if item is None:
                break
            yield f"data: {item.model_dump_json()}\n\n"
        await task

    return StreamingResponse(events(), media_type="text/event-stream")


# h10 a union of events
async def union_events() -> AsyncIterator[AnyEvent]:
    yield TokenEvent(text="a")
    yield EndEvent(reason="stop")


@app.get("/h10")
async def h10():
    async def events():
        async for event in union_events():
            yield {"event": event.type, "data": event.model_dump_json()}

    return EventSourceResponse(events())


# h11 match on the events
@app.get("/h11")
async def h11():
    async def events():
        async for event in union_events():
            match event:
                case TokenEvent():
                    yield sse(event, "token")
                case EndEvent():
                    yield sse(event, "end")

    return StreamingResponse(events(), media_type="text/event-stream")


# h12 isinstance
@app.get("/h12")
async def h12():
    async def events():
        async for event in union_events():
            if isinstance(event, TokenEvent):
                yield ServerSentEvent(data=event.model_dump_json(), event="token")
            else:
                yield ServerSentEvent(data=event.model_dump_json(), event="end")

    return EventSourceResponse(events())


# h13 a class with __call__ and headers
class Streamer:
    media_type = "text/event-stream"
    headers = {"X-Accel-Buffering": "no"}

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def __aiter__(self) -> AsyncIterator[str]:
        async for chunk in self.engine.generate("a"):
            yield sse(chunk)

    def response(self) -> StreamingResponse:
        return StreamingResponse(self, media_type=self.media_type, headers=self.headers)


@app.get("/h13")
async def h13():
    return Streamer(engine).response()


# h14 context manager around the upstream
@app.get("/h14")
async def h14():
    async def events():
        async with engine.stream("a b") as chunks:
            async for chunk in chunks:
                for choice in chunk.choices:
                    yield f"data: {choice.delta.model_dump_json()}\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


# h15 accumulates
@app.get("/h15")
async def h15():
    async def events():
        full = ""
        async for chunk in engine.generate("a b"):
            delta = chunk.choices[0].delta.content or ""
            full += delta
            yield json.dumps({"delta": delta, "full": full, "at": time.time()}) + "\n"

    return StreamingResponse(events(), media_type="application/x-ndjson")


# h16 StrEnum in a dict payload
@app.get("/h16")
async def h16():
    async def events():
        for kind in Kind:
            yield {"event": kind.value, "data": json.dumps({"kind": kind, "n": 1})}

    return EventSourceResponse(events())


# h17 heartbeat and comments
@app.get("/h17")
async def h17():
    async def events():
        yield ": connected\n\n"
        yield "retry: 3000\n\n"
        async for chunk in engine.generate("a"):
            yield f"id: {chunk.id}\nevent: chunk\ndata: {chunk.model_dump_json()}\n\n"

    return StreamingResponse(events(), media_type="text/event-stream", headers={"Cache-Control": "no-cache"})


# h18 wrapper generator that frames anything
async def as_sse(source):
    async for item in source:
        yield f"data: {json.dumps(jsonable_encoder(item))}\n\n"
    yield "data: [DONE]\n\n"


@app.get("/h18")
async def h18():
    return StreamingResponse(as_sse(union_events()), media_type="text/event-stream")


# h19 map over frames
@app.get("/h19")
def h19():
    rows = [TokenEvent(text="a")]
    return StreamingResponse(map(lambda row: row.model_dump_json() + "\n", rows), media_type="application/x-ndjson")


# h20 try around the response
@app.get("/h20")
async def h20():
    try:
        return StreamingResponse(as_sse(engine.generate("a")), media_type="text/event-stream")
    except ValueError as exc:
        raise HTTPException(status_code=400, detail=str(exc)) from exc


# h21 plain text tokens
@app.get("/h21")
async def h21():
    async def tokens():
        async for chunk in engine.generate("a b"):
            if chunk.choices[0].delta.content is not None:
                yield chunk.choices[0].delta.content

    return StreamingResponse(tokens(), media_type="text/plain")


# h22 model_dump with arguments in json.dumps
@app.get("/h22")
async def h22():
    async def events():
        async for chunk in engine.generate("a"):
            yield "data: " + json.dumps(chunk.model_dump(exclude_none=True), ensure_ascii=False) + "\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


# h23 a dict that grows
@app.get("/h23")
async def h23():
    async def events():
        payload: dict[str, Any] = {"type": "token"}
        async for chunk in engine.generate("a"):
            payload["text"] = chunk.id
            yield f"data: {json.dumps(payload)}\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


# h24 **kwargs events
def event(kind: str, **fields: Any) -> str:
    return f"event: {kind}\ndata: {json.dumps(fields)}\n\n"


@app.get("/h24")
async def h24():
    async def events():
        yield event("start", model="small")
        yield event("end", count=1)

    return StreamingResponse(events(), media_type="text/event-stream")


# h25 payload dict merged
@app.get("/h25")
async def h25():
    async def events():
        base = {"id": "1"}
        async for chunk in engine.generate("a"):
            yield f"data: {json.dumps({**base, 'choices': [c.model_dump() for c in chunk.choices]})}\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


# h26 error event in between
@app.get("/h26")
async def h26():
    async def events():
        try:
            async for chunk in engine.generate("a"):
                yield {"event": EventType.TOKEN.value, "data": chunk.model_dump_json()}
        except asyncio.CancelledError:
            raise
        except Exception as e:
            yield {"event": EventType.ERROR.value, "data": ErrorInfo(message=str(e)).model_dump_json()}

    return EventSourceResponse(events(), media_type="text/event-stream")


# h27 a route class method
class Chat:
    def __init__(self, engine: Engine):
        self.engine = engine
        self.done = "[DONE]"

    async def __call__(self, prompt: str = "a"):
        return StreamingResponse(self.frames(prompt), media_type="text/event-stream")

    async def frames(self, prompt: str):
        async for chunk in self.engine.generate(prompt):
            yield sse(chunk)
        yield f"data: {self.done}\n\n"


app.add_api_route("/h27", Chat(engine), response_model=None)


# h28 an accumulated list of chunks
@app.get("/h28")
async def h28(stream: bool = True):
    generator = engine.generate("a")
    if stream:
        return EventSourceResponse(({"data": c.model_dump_json()} async for c in generator))
    chunks = [chunk async for chunk in generator]
    return {"chunks": chunks, "count": len(chunks)}


# h29 dict dispatch of encoders
ENCODERS = {"sse": sse, "plain": lambda data: data.model_dump_json() + "\n"}


@app.get("/h29")
async def h29():
    encode = ENCODERS["sse"]
    return StreamingResponse((encode(c) async for c in engine.generate("a")), media_type="text/event-stream")


# h30 response object altered afterwards
@app.get("/h30")
async def h30():
    response = StreamingResponse(as_sse(engine.generate("a")))
    response.media_type = "text/event-stream"
    response.headers["Content-Type"] = "text/event-stream"
    return response


# h31 a sentinel constant imported by class
class Wire:
    DONE = "data: [DONE]\n\n"
    SEP = "\n\n"


@app.get("/h31")
async def h31():
    async def events():
        async for chunk in engine.generate("a"):
            yield "data: " + chunk.model_dump_json() + Wire.SEP
        yield Wire.DONE

    return StreamingResponse(events(), media_type="text/event-stream")


# h32 percent and format
@app.get("/h32")
async def h32():
    async def events():
        async for chunk in engine.generate("a"):
            yield "data: %s\n\n" % chunk.model_dump_json()
        yield "data: {}\n\n".format(json.dumps({"done": True}))

    return StreamingResponse(events(), media_type="text/event-stream")


# h33 bytes frames with encode
@app.get("/h33")
async def h33():
    async def events():
        async for chunk in engine.generate("a"):
            yield b"data: " + chunk.model_dump_json().encode("utf-8") + b"\n\n"
        yield b"data: [DONE]\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


# h34 dict as model: reassigned data
@app.get("/h34")
async def h34():
    async def events():
        async for chunk in engine.generate("a"):
            chunk = chunk.model_dump()
            chunk["model"] = "small"
            yield f"data: {json.dumps(chunk)}\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")
