"""Null, missing and default, and what a route leaves out."""

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Inner(BaseModel):
    note: str | None = None


class Item(BaseModel):
    needed: int | None
    nullable: int | None = None
    default: int = 1
    inner: Inner = Inner()


@app.post("/item")
def item(item: Item) -> Item:
    return item


@app.get("/unset", response_model_exclude_unset=True)
def unset() -> Item:
    return Item(needed=None)


@app.get("/defaults", response_model_exclude_defaults=True)
def defaults() -> list[Item]:
    return [Item(needed=1, default=2)]


@app.get("/none", response_model_exclude_none=True)
def none() -> Item:
    return Item(needed=None)


@app.get("/included", response_model_include={"needed", "default"})
def included() -> Item:
    return Item(needed=1)


@app.get("/excluded", response_model_exclude={"inner"})
def excluded() -> Item:
    return Item(needed=1)
