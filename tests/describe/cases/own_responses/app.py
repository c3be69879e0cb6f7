"""Classes of responses and of events that do more with what they are given than send it."""

import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from pydantic import BaseModel
from sse_starlette import EventSourceResponse, ServerSentEvent

app = FastAPI()
EVENTS = "text/event-stream"
HEADERS = {"content-type": EVENTS}


class Item(BaseModel):
    name: str


async def items() -> AsyncIterator[Item]:
    yield Item(name="a")


async def frames():
    yield 'data: {"name": "a"}\n\n'


class Framed(StreamingResponse):
    """Says its media type when it is made."""

    def __init__(self, content):
        super().__init__(content, media_type=EVENTS)


class Framing(StreamingResponse):
    """Frames what it is given."""

    media_type = EVENTS

    def __init__(self, source: AsyncIterator[BaseModel], **options: Any) -> None:
        async def framed():
            async for item in source:
                yield f"event: item\ndata: {item.model_dump_json()}\n\n"

        super().__init__(framed(), **options)


class FramingAgain(Framing):
    pass


class Dumping(EventSourceResponse):
    def __init__(self, source, *args, **kwargs):
        kwargs.setdefault("ping", 5)
        super().__init__(({"data": item.model_dump_json()} async for item in source), *args, **kwargs)


class Set(StreamingResponse):
    def __init__(self, content):
        self.media_type = EVENTS
        StreamingResponse.__init__(self, content)


class Unread(StreamingResponse):
    media_type = EVENTS

    def __init__(self, content, twice: bool = False):
        if twice:
            super().__init__(content)
        else:
            super().__init__(iter(["data: {}\n\n"]))


class Envelope(JSONResponse):
    def render(self, content: Any) -> bytes:
        return super().render({"data": content, "ok": True})


class Dates(JSONResponse):
    def render(self, content):
        return json.dumps({"dated": content}, default=str).encode("utf-8")


class Shouting(JSONResponse):
    def render(self, content):
        return bytes(str(content).upper(), "utf-8")


class Refusal(JSONResponse):
    def __init__(self, detail: str, status: int):
        super().__init__({"detail": detail}, status_code=status)


class Page(Response):
    def __init__(self, title: str):
        super().__init__(f"<h1>{title}</h1>", media_type="text/html")


class Table(FileResponse):
    media_type = "text/csv"


class Step(ServerSentEvent):
    def __init__(self, data: Any, **fields: Any) -> None:
        super().__init__(data=json.dumps(data), event="step", **fields)


@app.get("/framed")
async def framed():
    return Framed(frames())


@app.get("/framing")
async def framing():
    return Framing(items())


@app.get("/framing-again")
async def framing_again():
    return FramingAgain(source=items(), headers={"x-by": "test"})


@app.get("/dumping")
async def dumping():
    return Dumping(items())


@app.get("/set")
async def set_media_type():
    return Set(frames())


@app.get("/unread")
async def unread():
    return Unread(frames())


@app.get("/enveloped")
async def enveloped():
    return Envelope({"count": 1})


@app.get("/enveloped-data", response_class=Envelope)
async def enveloped_data():
    return {"count": 1}


@app.get("/enveloped-declared", response_class=Envelope)
async def enveloped_declared() -> Item:
    return Item(name="a")


@app.get("/enveloped-or-streamed", response_class=Envelope, response_model=Item)
async def enveloped_or_streamed(stream: bool = False):
    return Framed(frames()) if stream else Item(name="a")


@app.get("/dated", response_class=Dates, response_model=Item)
async def dated():
    return Item(name="a")


@app.get("/shouted", response_class=Shouting)
async def shouted() -> Item:
    return Item(name="a")


@app.get("/refused")
async def refused(name: str):
    return {"name": name} if name else Refusal("no name", 404)


@app.get("/page")
async def page():
    return Page("a")


@app.get("/table")
async def table():
    return Table(__file__)


@app.get("/steps")
async def steps():
    async def events():
        yield Step({"step": 1})
        yield Step({"step": 2}, id="2")

    return EventSourceResponse(events())


@app.get("/named-later")
async def named_later():
    async def events():
        event = ServerSentEvent(json.dumps({"step": 1}))
        event.event = "later"
        yield event

    return EventSourceResponse(events())


@app.get("/wrapped-later")
async def wrapped_later():
    async def loud(content):
        async for chunk in content:
            yield chunk * 2

    response = StreamingResponse(frames(), media_type=EVENTS)
    response.body_iterator = loud(response.body_iterator)
    return response


@app.get("/typed-later")
async def typed_later():
    response = StreamingResponse(frames())
    response.headers.update({"Content-Type": EVENTS})
    return response


@app.get("/headers-spread")
async def headers_spread():
    return StreamingResponse(frames(), headers={**HEADERS, "x-by": "test"})


@app.post("/headers-untold")
async def headers_untold(headers: dict):
    return StreamingResponse(frames(), headers=headers)


@app.get("/options-untold")
async def options_untold():
    options = {"media_type": "text/plain"}
    options["media_type"] = EVENTS
    return StreamingResponse(frames(), **options)


@app.get("/two-of-a-kind")
async def two_of_a_kind(name: str):
    return Framed(iter(["data: none\n\n"])) if not name else Framed(frames())
