import functools
import json
from asyncio import Queue

from fastapi import FastAPI
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel

app = FastAPI()
NDJSON = "application/x-ndjson"


class Item(BaseModel):
    name: str


class Other(BaseModel):
    count: int


async def load() -> list[Item]: ...


def lines(content):
    return StreamingResponse(content, media_type=NDJSON)


@app.get("/assigned-again")
async def assigned_again():
    async def content():
        for item in await load():
            payload = item.model_dump()
            payload = json.dumps(payload)
            payload = payload + "\n"
            yield payload

    response = Response()
    response = lines(content())
    return response


@app.get("/branches")
async def branches(flag: bool):
    async def content():
        if flag:
            payload = Item(name="a")
        else:
            payload = Other(count=1)
        yield payload.model_dump_json() + "\n"

    return lines(content())


@app.get("/changed-in-place")
async def changed_in_place():
    async def content():
        row = {"a": 1}
        row["b"] = 2
        yield json.dumps(row) + "\n"

    return lines(content())


@app.get("/around-a-loop")
async def around_a_loop():
    async def content():
        last = Item(name="a")
        while True:
            yield last.model_dump_json() + "\n"
            last = Other(count=1)

    return lines(content())


@app.get("/counted")
async def counted():
    async def content():
        total = 0
        for item in await load():
            total += 1
            yield json.dumps({"total": total, "share": total / 2, "last": item.name == "z"}) + "\n"

    return lines(content())


@app.get("/nonlocal")
async def rebound_within():
    state = "start"

    def change():
        nonlocal state
        state = 1

    async def content():
        change()
        yield json.dumps({"state": state}) + "\n"

    return lines(content())


@app.get("/parameter")
async def parameter_assigned():
    def content(value):
        value = json.dumps(value)
        yield value + "\n"

    return lines(content({"a": 1}))


@app.get("/may-return-nothing")
async def may_return_nothing(flag: bool):
    if flag:
        return {"a": 1}


@app.get("/changed-data")
async def changed_data():
    async def content():
        for item in await load():
            data = item.model_dump()
            data["extra"] = 1
            yield json.dumps(data) + "\n"

    return lines(content())


@app.get("/changed-deep-within")
async def changed_deep_within():
    async def content():
        row = {"a": {"b": 1}}
        row["a"]["c"] = 2
        yield json.dumps(row) + "\n"

    return lines(content())


@app.get("/target-of-a-loop")
async def target_of_a_loop():
    async def content():
        for word in ["a", "b"]:
            word = json.dumps({"word": word})
            word += "\n"
            yield word

    return lines(content())


@app.get("/target-after-a-loop")
async def target_after_a_loop():
    async def content():
        last = None
        for last in await load():
            pass
        yield json.dumps({"last": last.name if last else None}) + "\n"

    return lines(content())


@app.get("/named-in-a-condition")
async def named_in_a_condition():
    words: Queue[str] = Queue()
    words.put_nowait("a")
    words.put_nowait("")

    async def content():
        while (word := await words.get()) and not word.isspace():
            word = word.strip()
            yield json.dumps({"word": word}) + "\n"

    return lines(content())


@app.get("/caught-by-two")
async def caught_by_two():
    async def content():
        try:
            yield json.dumps({"ok": True}) + "\n"
        except KeyError as error:
            error = str(error)
            yield json.dumps({"key": error}) + "\n"
        except ValueError as error:
            yield json.dumps({"value": error.args}) + "\n"

    return lines(content())


@app.get("/entered")
async def entered():
    def content():
        source = None
        with open(__file__, encoding="utf-8") as source:
            source = list(source)
            yield json.dumps({"lines": source}) + "\n"

    return lines(content())


def counted_for(name: str):
    def outer(function):
        @functools.wraps(function)
        async def wrapper(*args, **kwargs):
            return await function(*args, **kwargs)

        return wrapper

    return outer


@app.get("/decorated-twice")
@counted_for("user")
@counted_for("team")
async def decorated_twice():
    async def content():
        yield json.dumps({"a": 1}) + "\n"

    return lines(content())


@app.get("/branch-by-branch")
async def branch_by_branch(flag: bool):
    async def content():
        if flag:
            row = {"a": 1}
            yield json.dumps({"first": row}) + "\n"
        else:
            row = {"b": "x"}
            yield json.dumps({"second": row}) + "\n"
        for row in [1.5]:
            yield json.dumps({"third": row}) + "\n"

    return lines(content())


@app.get("/added-to")
async def added_to():
    async def content():
        total = 0.5
        for item in await load():
            line = json.dumps({"name": item.name, "total": total})
            line += "\n"
            total += 1
            yield line

    return lines(content())


def framed(data, event=None, id=None):
    frame = ""
    if event:
        frame += f"event: {event}\n"
    if id is not None:
        frame += f"id: {id}\n"
    else:
        frame += ": no id\n"
    frame += f"data: {json.dumps(data)}\n\n"
    return frame


@app.get("/put-together")
async def put_together():
    async def content():
        yield framed({"x": 1}, "first", 1)
        yield framed({"y": 1})

    return StreamingResponse(content(), media_type="text/event-stream")
