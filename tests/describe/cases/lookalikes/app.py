"""Calls that look like well-known ones, but give something else."""

import enum
import functools
import json
from collections.abc import AsyncIterable, Mapping
from datetime import datetime
from typing import Annotated

from fastapi import FastAPI
from fastapi.encoders import jsonable_encoder
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, PlainSerializer, TypeAdapter, computed_field
from typing_extensions import TypedDict

app = FastAPI()


class Item(BaseModel):
    name: str
    when: datetime

    @computed_field
    def length(self) -> int:
        return len(self.name)


class Custom(BaseModel):
    name: str

    def model_dump(self, **options: object) -> dict[str, object]:
        return {"custom": True}


class Shown(TypedDict):
    number: Annotated[int, PlainSerializer(str, return_type=str)]


class Word(str, enum.Enum):
    first = "one"


class Store:
    def __iter__(self):
        yield 1

    def get(self, key: str) -> bool: ...


def load() -> Item: ...


def stream(content):
    async def route():
        return StreamingResponse(content(), media_type="application/jsonl")

    app.get(f"/{content.__name__.replace('_', '-')}", name=content.__name__)(route)


@stream
def keys():
    counts = {"a": 1}
    yield json.dumps(list(counts)) + "\n"


@stream
def sorted_keys():
    counts: dict[str, int] = {"a": 1}
    yield json.dumps(sorted(counts)) + "\n"


@stream
def letters():
    yield json.dumps(list("abc")) + "\n"


@stream
def reversed_pair():
    first, second = reversed([1, "a"])
    yield json.dumps({"first": first}) + "\n"


@stream
def slice_of_a_list():
    yield json.dumps({"some": [1, 2][0:1], "one": [1, 2][0]}) + "\n"


@stream
def value_of_a_mapping():
    counts: Mapping[str, int] = {"a": 1}
    yield json.dumps({"at": counts["a"], "maybe": counts.get("a")}) + "\n"


@stream
def own_get():
    yield json.dumps(Store().get("a")) + "\n"


@stream
def round_trip():
    yield load().model_dump_json(round_trip=True) + "\n"


@stream
def not_round_trip():
    yield load().model_dump_json(round_trip=False, indent=None, include=None) + "\n"


@stream
def custom_encoder():
    yield json.dumps(jsonable_encoder(load(), custom_encoder={datetime: str})) + "\n"


@stream
def positional_include():
    yield json.dumps(jsonable_encoder(load(), {"name"})) + "\n"


@stream
def own_dump():
    yield json.dumps(Custom(name="a").model_dump()) + "\n"


@stream
def serializer_that_json_ignores():
    shown: Shown = {"number": 1}
    yield json.dumps(shown) + "\n"


@stream
def negated_boolean():
    yield json.dumps({"minus": -True, "half": -0.5}) + "\n"


@stream
def text_of_an_enum():
    yield json.dumps({"text": str(Word.first), "value": Word.first}) + "\n"


@stream
def text_of_bytes():
    yield f"{TypeAdapter(int).dump_json(1)}\n"


@stream
def stripped():
    yield json.dumps("text").strip('"') + "\n"


@stream
def updated_copy():
    yield load().model_copy(update={"name": 1}).model_dump_json() + "\n"


@stream
def indented():
    yield load().model_dump_json(indent=2) + "\n"


def counted(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        for position, item in enumerate(function(*arguments)):
            yield json.dumps({"position": position, "item": item}) + "\n"

    return wrapper


@stream
@counted
def wrapped():
    yield load().name


@app.get("/fields-of-items", response_model_include={"name"})
async def fields_of_items() -> AsyncIterable[Item]:
    yield load()


@app.get("/indented-response")
def indented_response():
    return Response(json.dumps({"a": 1}, indent=2), media_type="application/json")
