"""Values behind `Final` and `ClassVar`, and a module in which nothing stands."""

import json
from typing import ClassVar, Final

import nothing
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

app = FastAPI()
LIMIT: Final[int] = 3
NAME: Final = "shop"
ROWS: Final[list[dict[str, int]]] = [{"a": 1}]


class Item(BaseModel):
    kind: ClassVar[str] = "item"
    name: str


class Box:
    item: Final[Item] = Item(name="a")


@app.get("/data")
def data():
    return {"limit": LIMIT, "name": NAME, "rows": ROWS, "kind": Item.kind}


@app.get("/lines")
async def lines():
    async def content():
        yield json.dumps({"limit": LIMIT, "name": NAME}) + "\n"
        yield Box().item.model_dump_json() + "\n"

    return StreamingResponse(content(), media_type="application/jsonl")


@app.get("/nothing")
def nothing_there():
    return nothing.value()
