"""Bodies that may be null: FastAPI takes null for nothing, and refuses that where it needs one."""

from typing import Annotated

from fastapi import Body, FastAPI
from pydantic import BaseModel

app = FastAPI()


class Item(BaseModel):
    name: str | None


@app.post("/needed")
def needed(item: Item | None) -> Item | None:
    return item


@app.post("/wanted")
def wanted(item: Item | None = None) -> Item | None:
    return item


@app.post("/parts")
def parts(
    first: Annotated[int | None, Body()], second: Annotated[int | None, Body()] = 2
) -> list[int | None]:
    return [first, second]


@app.post("/listed")
def listed(items: list[Item | None]) -> list[Item | None]:
    return items
