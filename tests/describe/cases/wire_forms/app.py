from collections.abc import AsyncIterable

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette import EventSourceResponse as ClassicResponse

app = FastAPI()


class Inner(BaseModel):
    note: str | None = None


class Item(BaseModel):
    item_name: str = Field(alias="itemName")
    price: float = 1.0
    inner: Inner | None = None


class Quiet(BaseModel):
    model_config = ConfigDict(serialize_by_alias=True)
    own_name: str = Field(alias="ownName")


ITEM = Item(itemName="a")


@app.get("/by-alias")
def by_alias() -> Item: ...


@app.post("/input")
def read(item: Item) -> None: ...


@app.get("/by-name", response_model_by_alias=False)
def by_name() -> Item: ...


@app.get("/without-unset", response_model_exclude_unset=True)
def without_unset() -> Item: ...


@app.get("/without-none", response_model_exclude_none=True)
def without_none() -> Item: ...


@app.get("/included", response_model_include={"item_name", "price"})
def included() -> Item: ...


@app.get("/excluded", response_model_exclude={"item_name"})
def excluded() -> Item: ...


@app.get("/excluded-within", response_model_exclude={"inner": {"note"}})
def excluded_within() -> Item: ...


@app.get("/native", response_class=EventSourceResponse)
async def native_events_use_aliases() -> AsyncIterable[Item]:
    yield ITEM


@app.get("/server-sent-event", response_class=EventSourceResponse)
async def server_sent_events_use_names() -> AsyncIterable[ServerSentEvent]:
    yield ServerSentEvent(data=ITEM, event="item")


@app.get("/dumped")
async def dumped_json_uses_names():
    async def lines():
        yield ITEM.model_dump_json() + "\n"

    return StreamingResponse(lines(), media_type="application/jsonl")


@app.get("/dumped-by-alias")
async def dumped_by_alias():
    async def lines():
        yield ITEM.model_dump_json(by_alias=True, exclude_none=True) + "\n"

    return StreamingResponse(lines(), media_type="application/jsonl")


@app.get("/configured")
async def configured_aliases():
    async def events():
        yield {"data": Quiet(ownName="a").model_dump_json()}

    return ClassicResponse(events())
