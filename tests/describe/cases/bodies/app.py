from typing import Annotated

from fastapi import Body, Depends, FastAPI
from pydantic import BaseModel

app = FastAPI()


class Item(BaseModel):
    name: str
    price: float = 1.0


class User(BaseModel):
    name: str


@app.post("/one")
def one(item: Item) -> Item: ...


@app.post("/embedded")
def embedded(item: Annotated[Item, Body(embed=True)]) -> None: ...


@app.post("/several")
def several(item: Item, user: User | None = None, count: Annotated[int, Body()] = 1) -> None: ...


@app.post("/optional")
def optional(item: Item | None = None) -> None: ...


@app.post("/list")
def many(items: list[Item]) -> None: ...


@app.post("/plain")
def plain(numbers: Annotated[dict[int, str], Body()]) -> None: ...


def checked(user: User) -> None: ...


@app.post("/dependency")
def dependency(item: Item, check: Annotated[None, Depends(checked)]) -> None: ...


@app.get("/search")
def search(item: Item) -> None: ...
