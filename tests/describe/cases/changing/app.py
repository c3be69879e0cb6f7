"""What is changed after it was made, or may be: its literal shape says nothing."""

import asyncio
import enum
import json
import os
from functools import partial

import state
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from state import ROWS, SETTINGS
from state import SHARED as OURS

app = FastAPI()
ENVIRONMENT = os.environ.get("FLUIDKIT_NO_SUCH_NAME")
SHELL = str(os.environ.get("FLUIDKIT_NO_SUCH_NAME", "sh"))
SEPARATOR = "\n"
COLUMNS = ["name", "value"]
GROWING = ["name"]


class Phase(enum.Enum):
    start = "start"


class Switch:
    mode = None
    kept = "steady"
    sizes = [1]  # noqa: RUF012 - it is read as the app has it
    grown = [1]  # noqa: RUF012

    @staticmethod
    def text() -> str: ...


Switch.mode = "on"


def stream(content):
    async def route():
        return StreamingResponse(content(), media_type="application/jsonl")

    app.get(f"/{content.__name__.replace('_', '-')}", name=content.__name__)(route)


def line(value):
    return json.dumps(value) + SEPARATOR


def fill(row):
    fill_deeper(row)


def fill_deeper(row):
    row["b"] = 1


def same(row):
    return row


def grow():
    Switch.grown.append("text")
    GROWING.append(1)
    OURS["b"] = "text"
    state.MODE = "on"


@stream
def kept():
    row = {"id": 1, "word": "x"}
    message = {"kind": "row", "row": row, "count": len(row)}
    print(message)
    yield line(message)


@stream
def global_constants():
    yield line({"columns": COLUMNS, "rows": ROWS, "kept": Switch.kept})


@stream
def global_rebound_elsewhere():
    yield line({"mode": state.MODE})


@stream
def global_changed_elsewhere():
    yield line({"settings": SETTINGS, "shared": state.SHARED, "growing": GROWING})


@stream
def computed_globals():
    yield line({"environment": ENVIRONMENT, "shell": SHELL})


@stream
def class_attribute():
    yield line({"mode": Switch.mode, "grown": Switch.grown})


@stream
def kept_class_attributes():
    Switch.unknown(Switch.kept, Phase.start, Switch.text)
    yield line({"kept": Switch.kept, "phase": Phase.start.value, "sizes": Switch.sizes})
    yield line({"text": Switch.text()})


@stream
def alias():
    row = {"a": 1}
    other = row
    other["b"] = 2
    yield line(row)


@stream
def two_names():
    first = second = {"a": 1}
    second["b"] = 2
    yield line(first)


@stream
def part():
    row = {"a": {"b": 1}}
    inner = row["a"]
    inner["c"] = 2
    yield line(row)


@stream
def element():
    rows = [{"a": 1}]
    for row in rows:
        row["b"] = 2
    yield line(rows)


@stream
def taken():
    row = {"a": 1}
    rows = []
    rows.append(row)
    rows[0]["b"] = 2
    yield line(row)


@stream
def only_collected():
    row = {"a": 1}
    rows = []
    rows.append(row)
    yield line(row)


@stream
def helper():
    row = {"a": 1}
    fill(row)
    yield line(row)


@stream
def given_back():
    row = {"a": 1}
    other = same(row)
    other["b"] = 2
    yield line(row)


@stream
def called_by_others():
    row = {"a": 1}
    partial(fill, row)()
    yield line(row)


@stream
async def in_a_thread():
    row = {"a": 1}
    await asyncio.to_thread(fill, row)
    yield line(row)


@stream
def bound_method():
    items = [1]
    add = items.append
    add("text")
    yield line(items)


@stream
def method_of_a_class():
    row = {"a": 1}
    dict.update(row, b=2)
    yield line(row)


@stream
def lambda_call():
    row = {"a": 1}
    (lambda given: given.update(b=2))(row)
    yield line(row)


@stream
def attribute_of_an_object():
    row = {"a": 1}
    grow.row = row
    grow.row["b"] = 2
    yield line(row)


@stream
def spread():
    row = {"a": 1}
    arguments = {"row": row}
    fill(**arguments)
    yield line(row)


@stream
def kept_by_keyword():
    row = {"a": 1}
    box = dict(inner=row)
    box["inner"]["b"] = 2
    yield line(row)


@stream
def given_by_a_function():
    row = {"a": 1}

    def current():
        return row

    current()["b"] = 2
    yield line(row)


class Filler:
    def __init__(self, row):
        row["b"] = 2


@stream
def constructor():
    row = {"a": 1}
    Filler(row)
    yield line(row)


NAMES = {"a": "first", "b": "second"}


@app.get("/passed-to-its-own-method")
def passed_to_its_own_method(name: str = "a"):
    if name not in NAMES:
        name = min(NAMES, key=NAMES.get)
    return {"name": NAMES.get(name), "any": any(NAMES), "largest": max(1, 2.5)}
