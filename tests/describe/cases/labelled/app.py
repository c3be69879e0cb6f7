"""Fifty ways to stream. Each is labelled with the kinds it answers and with what it carries."""

import asyncio
import functools
import io
import json
from collections.abc import AsyncIterable, AsyncIterator
from enum import Enum
from typing import Annotated, Any

import fastapi.sse as fsse
from fastapi import Depends, FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import (
    FileResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from pydantic import BaseModel, TypeAdapter
from sse_starlette import EventSourceResponse, JSONServerSentEvent, ServerSentEvent
from sse_starlette.sse import EventSourceResponse as ESR2

app = FastAPI()
LABELS = {}


def case(kinds, items, **options):
    def register(function):
        LABELS[function.__name__] = kinds, items
        app.add_api_route("/" + function.__name__, function, **{"response_model": None, **options})
        return function

    return register


class Item(BaseModel):
    name: str
    n: int = 0


class Tok(BaseModel):
    text: str


class Done(BaseModel):
    total: int


class Ev(str, Enum):
    tok = "tok"
    done = "done"


ND = "application/x-ndjson"
SSE_HEADERS = {"Cache-Control": "no-cache"}
ITEMS = [Item(name="a")]


def sse(event, data):
    return f"event: {event}\ndata: {json.dumps(data)}\n\n"


def helper(gen):
    return StreamingResponse(gen, media_type="text/event-stream")


async def modgen() -> AsyncIterator[Item]:
    yield Item(name="x")


async def modgen_u():
    for it in ITEMS:
        yield it.model_dump_json() + "\n"


class Svc:
    async def stream(self) -> AsyncIterator[Item]:
        yield Item(name="a")

    async def stream2(self):
        async for i in self.stream():
            yield {"event": "item", "data": i.model_dump_json()}

    def resp(self):
        return EventSourceResponse(self.stream2())


def get_svc() -> Svc:
    return Svc()


svc_global = Svc()


class NDJSONResponse(StreamingResponse):
    media_type = ND


class Csv(StreamingResponse):
    media_type = "text/csv"


@case("sse", "message unknown")
async def c01():
    async def gen() -> AsyncIterator[Item]:
        yield Item(name="a")

    return EventSourceResponse(gen())


@case("sse", "item Item")
async def c02():
    async def gen():
        for it in ITEMS:
            yield {"event": "item", "data": it.model_dump_json()}

    return EventSourceResponse(gen())


@case("sse", "tok Tok, done Done")
async def c03():
    async def gen():
        yield {"event": "tok", "data": Tok(text="a").model_dump_json()}
        yield {"event": "done", "data": json.dumps(Done(total=1).model_dump())}

    return EventSourceResponse(gen())


@case("sse", "tok Tok, done Done")
async def c04():
    async def gen():
        yield ServerSentEvent(data=Tok(text="a").model_dump_json(), event="tok")
        yield ServerSentEvent(data=Done(total=1).model_dump_json(), event=Ev.done)

    return EventSourceResponse(gen())


@case("sse", "tok { text: 'x'; n: integer }")
async def c05():
    async def gen():
        yield JSONServerSentEvent({"text": "x", "n": 1}, event="tok")

    return EventSourceResponse(gen())


@case("jsonl", "Item")
async def c06():
    async def gen() -> AsyncIterator[str]:
        for i in range(3):
            item = Item(name=str(i))
            yield item.model_dump_json() + "\n"

    return StreamingResponse(gen(), media_type="application/x-ndjson")


@case("jsonl", "Item")
def c07():
    return StreamingResponse(modgen_u(), media_type=ND)


@case("file", "")
def c08():
    return FileResponse("x.pdf", filename="x.pdf")


@case("sse", "")
async def c09():
    return helper(modgen())


@case("sse", "message unknown")
async def c10():
    resp = EventSourceResponse(modgen(), ping=5)
    resp.headers["x"] = "1"
    return resp


@case("sse json", "message unknown, { a: integer }")
async def c11(stream: bool = False):
    if stream:
        return EventSourceResponse(modgen())
    return JSONResponse({"a": 1})


@case("sse json", "message unknown, { a: integer }")
async def c12(stream: bool = False):
    return EventSourceResponse(modgen()) if stream else {"a": 1}


@case("sse", "message Item")
async def c13(svc: Annotated[Svc, Depends(get_svc)]):
    async def gen():
        async for i in svc.stream():
            yield f"data: {i.model_dump_json()}\n\n"

    return StreamingResponse(gen(), media_type="text/event-stream", headers=SSE_HEADERS)


@case("sse", "item Item")
async def c14(svc: Svc = Depends(get_svc)):
    return EventSourceResponse(svc.stream2())


@case("sse", "item Item")
async def c15(svc: Svc = Depends(get_svc)):
    return svc.resp()


@case("sse", "item Item")
async def c16():
    return svc_global.resp()


@case("sse", "tok { t: 'x' }")
async def c17():
    def gen():
        yield sse("tok", {"t": "x"})

    return StreamingResponse(gen(), media_type="text/event-stream")


@case("text", "")
async def c18():
    def gen():
        for w in "a b".split():
            yield w

    return StreamingResponse(gen(), media_type="text/plain")


@case("text", "")
async def c19():
    async def gen():
        yield "hello"

    return StreamingResponse(gen())


@case("file", "")
async def c20():
    def it():
        with open("/dev/null", "rb") as f:
            yield from f

    return StreamingResponse(it(), media_type="video/mp4")


@case("file", "")
async def c21():
    buf = io.StringIO()
    return StreamingResponse(
        iter([buf.getvalue()]),
        media_type="text/csv",
        headers={"Content-Disposition": "attachment; filename=x.csv"},
    )


@case("jsonl", "Item")
async def c22():
    return NDJSONResponse(x.model_dump_json() + "\n" for x in ITEMS)


@case("text", "", response_class=PlainTextResponse)
async def c23():
    return "x"


@case("file", "", response_class=FileResponse)
async def c24():
    return "path"


@case("jsonl", "Item", response_class=NDJSONResponse)
async def c25():
    async def gen():
        q: asyncio.Queue[Item] = asyncio.Queue()
        while True:
            it = await q.get()
            yield it.model_dump_json().encode() + b"\n"

    return NDJSONResponse(gen())


@case("sse", "message Item")
async def c26():
    async def gen():
        async for x in modgen():
            yield f"data: {x.model_dump_json()}\n\n"
        yield "data: [DONE]\n\n"

    return StreamingResponse(gen(), media_type="text/event-stream")


@case("sse", "message Item")
async def c27():
    async def gen():
        async for x in modgen():
            payload = json.dumps(jsonable_encoder(x))
            yield "data: " + payload + "\n\n"

    return StreamingResponse(content=gen(), headers={"Content-Type": "text/event-stream"})


@case("sse", "tok 'x', done 'x'")
async def c28():
    async def gen():
        for name in ("tok", "done"):
            yield {"event": name, "data": "x"}

    return EventSourceResponse(gen())


@case("sse", "")
async def c29(client: Any = None):
    s = await client.chat.completions.create(stream=True)
    return StreamingResponse(s, media_type="text/event-stream")


@case("sse", "message Item", response_class=fsse.EventSourceResponse)
async def c30():
    for it in ITEMS:
        yield it


@case("sse", "tok Tok, done Done", response_class=fsse.EventSourceResponse)
async def c31() -> AsyncIterable[fsse.ServerSentEvent]:
    yield fsse.ServerSentEvent(comment="start")
    yield fsse.ServerSentEvent(data=Tok(text="a"), event="tok")
    yield fsse.ServerSentEvent(data=Done(total=1), event="done", id="1")


@case("sse", "message '[DONE]'", response_class=fsse.EventSourceResponse)
async def c32() -> AsyncIterable[fsse.ServerSentEvent]:
    yield fsse.ServerSentEvent(raw_data="[DONE]")


def deco(f):
    @functools.wraps(f)
    async def w(*a, **k):
        return await f(*a, **k)

    return w


@case("sse", "message unknown")
@deco
async def c33():
    return ESR2(modgen())


def bad_deco(f):
    async def w():
        return await f()

    w.__name__ = f.__name__
    return w


@case("sse", "message unknown")
@bad_deco
async def c34():
    return ESR2(modgen())


@case("sse", "message unknown")
async def c35():
    from sse_starlette.sse import EventSourceResponse as E

    return E(modgen())


KIND = {"sse": EventSourceResponse, "nd": NDJSONResponse}


@case("sse jsonl", "message unknown, unknown")
async def c36(k: str):
    return KIND[k](modgen())


@case("json", "unknown")
async def c37(request: Request):
    return request.app.state.make_stream()


@case("sse", "message Item")
async def c38():
    async def inner():
        async for x in modgen():
            yield x

    async def gen():
        async for x in inner():
            yield {"data": x.model_dump_json()}

    return EventSourceResponse(gen())


@case("jsonl", "(Tok | Done)")
async def c39():
    async def gen():
        yield Tok(text="x").model_dump_json() + "\n"
        yield Done(total=1).model_dump_json() + "\n"

    return StreamingResponse(gen(), media_type=ND)


@case("jsonl", "Item")
async def c40():
    ta = TypeAdapter(Item)

    def gen():
        for i in ITEMS:
            yield ta.dump_json(i) + b"\n"

    return StreamingResponse(gen(), media_type=ND)


@case("jsonl", "{ i: integer; kind: 'row' }")
async def c41():
    def gen():
        for i in range(3):
            yield json.dumps({"i": i, "kind": "row"}) + "\n"

    return StreamingResponse(gen(), media_type="application/jsonl")


@case("json", "{ a: integer }")
async def c42():
    return {"a": 1}


@case("json", "Item", response_model=Item)
async def c43():
    return ITEMS[0]


@case("sse", "message unknown")
async def c44():
    try:
        return EventSourceResponse(modgen())
    except Exception as e:
        raise


@case("file", "")
async def c45():
    return RedirectResponse("/x")


@case("sse", "")
async def c46():
    media = "text/event-stream"
    response = Response()
    response = StreamingResponse(modgen(), media_type=media)
    return response


MT = {"a": "text/event-stream"}


@case("sse", "")
async def c47():
    return StreamingResponse(modgen(), media_type=MT["a"])


@case("sse", "message unknown")
async def c48():
    if True:
        gen = modgen
    return EventSourceResponse(gen())


@case("sse", "message unknown")
async def c49():
    async def wrap(g):
        async for x in g:
            yield x

    return EventSourceResponse(wrap(modgen()))


@case("sse", "tok Tok")
async def c50(cond: bool = False):
    async def gen() -> AsyncIterator[dict[str, str]]:
        yield dict(event="tok", data=Tok(text="x").model_dump_json())

    return EventSourceResponse(gen())
