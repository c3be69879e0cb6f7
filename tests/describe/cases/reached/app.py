"""Functions of which it takes reading the flow to tell whether their end is reached."""

import sys
from typing import Never, NoReturn

from fastapi import FastAPI, HTTPException
from fastapi.responses import StreamingResponse

app = FastAPI()


async def frames():
    yield 'data: {"text": "a"}\n\n'


def stream():
    return StreamingResponse(frames(), media_type="text/event-stream")


def refuse(status: int) -> NoReturn:
    raise HTTPException(status)


def not_found():
    raise HTTPException(404)


def warn(text: str):
    print(text)


def refuse_again(text: str):
    refuse_again(text)


async def forbid() -> "Never":
    raise HTTPException(403)


@app.get("/every-case")
def every_case(kind: str):
    match kind:
        case "a" | "b":
            return {"first": 1}
        case _:
            return {"other": 2}


@app.get("/not-every-case")
def not_every_case(kind: str):
    match kind:
        case "a":
            return {"first": 1}
        case other if len(other) > 1:
            return {"other": 2}


@app.get("/case-by-flag")
def case_by_flag(streaming: bool = False):
    match streaming:
        case True:
            return stream()
        case False:
            return {"done": 1}


@app.get("/else-of-a-loop")
def else_of_a_loop(count: int):
    while count:
        count -= 1
    else:  # noqa: PLW0120 - what the case is about
        return {"done": 1}


@app.get("/else-of-a-loop-that-breaks")
def else_of_a_loop_that_breaks(count: int):
    while count:
        break
    else:
        return {"done": 1}


@app.get("/breaks-another-loop")
def breaks_another_loop(count: int):
    while True:
        for number in range(count):
            if number:
                break
        if count:
            return {"done": 1}


@app.get("/says-so")
def says_so(count: int):
    if count:
        return {"done": 1}
    refuse(404)


@app.get("/says-so-awaited")
async def says_so_awaited(count: int):
    if count:
        return {"done": 1}
    await forbid()


@app.get("/always-raises")
def always_raises(count: int):
    if count:
        return {"done": 1}
    not_found()


@app.get("/exits")
def exits(count: int):
    if count:
        return {"done": 1}
    sys.exit()


@app.get("/only-warns")
def only_warns(count: int):
    if count:
        return {"done": 1}
    warn("no count")


@app.get("/calls-itself")
def calls_itself(count: int):
    if count:
        return {"done": 1}
    refuse_again("no count")


@app.get("/an-empty-stream")
def an_empty_stream(count: int):
    async def nothing():
        if False:
            yield

    if not count:
        return StreamingResponse(nothing(), media_type="text/event-stream")
    return stream()


@app.get("/only-an-empty-stream")
def only_an_empty_stream():
    async def nothing():
        return
        yield

    return StreamingResponse(nothing(), media_type="text/event-stream")


@app.get("/nothing-and-more")
def nothing_and_more():
    async def nothing():
        return
        yield

    async def more():
        async for frame in nothing():
            yield frame
        async for frame in frames():
            yield frame

    return StreamingResponse(more(), media_type="text/event-stream")
