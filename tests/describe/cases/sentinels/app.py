"""Texts that end a stream, and texts that do not."""

import json
from collections.abc import AsyncIterator
from contextlib import suppress

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from sse_starlette import EventSourceResponse, ServerSentEvent

app = FastAPI()
DONE = "[DONE]"


class Token(BaseModel):
    text: str


async def tokens() -> AsyncIterator[Token]:
    for text in ("a", "b"):
        yield Token(text=text)


def stream(content):
    return StreamingResponse(content, media_type="text/event-stream")


async def frames():
    async for token in tokens():
        yield f"data: {token.model_dump_json()}\n\n"
    yield f"data: {DONE}\n\n"


@app.get("/framed")
async def framed():
    return stream(frames())


@app.get("/dicts")
async def dicts():
    async def events():
        async for token in tokens():
            yield {"event": "token", "data": token.model_dump_json()}
        yield {"event": "token", "data": "[END]"}

    return EventSourceResponse(events())


@app.get("/strings")
async def strings():
    async def events():
        async for token in tokens():
            yield token.model_dump_json()
        yield DONE

    return EventSourceResponse(events())


@app.get("/event-objects")
async def event_objects():
    async def events():
        async for token in tokens():
            yield ServerSentEvent(data=token.model_dump_json())
        yield ServerSentEvent(data=DONE)

    return EventSourceResponse(events())


@app.get("/returned")
async def returned(short: bool = False):
    async def events():
        try:
            async for token in tokens():
                yield f"data: {token.model_dump_json()}\n\n"
                if short:
                    yield "data: stop\n\n"
                    return
        except OSError as error:
            yield f"data: {json.dumps({'error': str(error)})}\n\n"
            yield "data: [ERROR]\n\n"
        else:
            yield "data: [DONE]\n\n"

    return stream(events())


@app.get("/broken-off")
async def broken_off():
    async def events():
        while True:
            async for token in tokens():
                yield f"data: {token.model_dump_json()}\n\n"
            yield "data: [DONE]\n\n"
            break
        print("sent")

    return stream(events())


@app.get("/in-one-piece")
async def in_one_piece():
    async def events():
        yield 'data: {"text": "a"}\n\ndata: [DONE]\n\n'

    return stream(events())


@app.get("/passed-on")
async def passed_on():
    async def events():
        yield ": hello\n\n"
        async for frame in frames():
            print(frame)
            yield frame

    return stream(events())


@app.get("/delegated")
def delegated():
    def inner():
        yield 'data: {"text": "a"}\n\n'
        yield "data: [DONE]\n\n"

    def events():
        yield 'data: {"text": "b"}\n\n'
        yield from inner()

    return stream(events())


@app.get("/in-the-middle")
async def in_the_middle():
    async def events():
        yield "data: [START]\n\n"
        async for token in tokens():
            yield f"data: {token.model_dump_json()}\n\n"

    return stream(events())


@app.get("/after-each")
async def after_each():
    async def events():
        async for token in tokens():
            yield f"data: {token.model_dump_json()}\n\n"
            yield "data: [DONE]\n\n"

    return stream(events())


@app.get("/twice")
async def twice():
    async def events():
        async for frame in frames():
            yield frame
        async for frame in frames():
            yield frame

    return stream(events())


@app.get("/not-last")
async def not_last():
    async def events():
        try:
            yield 'data: {"text": "a"}\n\n'
            yield "data: [DONE]\n\n"
            return
        finally:
            yield 'data: {"text": "b"}\n\n'

    return stream(events())


@app.get("/other-name")
async def other_name():
    async def events():
        async for token in tokens():
            yield {"event": "token", "data": token.model_dump_json()}
        yield {"event": "done", "data": DONE}

    return EventSourceResponse(events())


@app.get("/all-text")
async def all_text():
    async def events():
        async for token in tokens():
            yield f"data: {token.text}\n\n"
        yield "data: [DONE]\n\n"

    return stream(events())


@app.get("/raised-and-caught")
async def raised_and_caught():
    async def events():
        try:
            yield {"data": "[RETRY]"}
            raise ValueError
        except ValueError:
            yield {"data": Token(text="a").model_dump_json()}

    return EventSourceResponse(events())


@app.get("/raised-and-suppressed")
async def raised_and_suppressed():
    async def events():
        with suppress(ValueError):
            yield {"data": "[RETRY]"}
            raise ValueError
        yield {"data": Token(text="a").model_dump_json()}

    return EventSourceResponse(events())


@app.get("/raised-for-good")
async def raised_for_good():
    async def events():
        try:
            yield {"data": Token(text="a").model_dump_json()}
            yield {"data": "[ERROR]"}
            raise ValueError
        except TypeError:
            raise

    return EventSourceResponse(events())


@app.get("/ends-in-another-event")
async def ends_in_another_event():
    async def events():
        async for token in tokens():
            yield {"event": "token", "data": token.model_dump_json()}
            yield {"event": "state", "data": DONE}
        yield {"event": "token", "data": DONE}

    return EventSourceResponse(events())
