"""Numbers on the wire that are no member of their enumeration, or no number at all."""

import enum
from typing import Annotated

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field

app = FastAPI()


class Access(enum.IntFlag):
    read = 1
    write = 2


class Style(enum.Flag):
    bold = 1
    italic = 2


class Level(enum.IntEnum):
    low = 1
    high = 2


class Flags(BaseModel):
    access: Access = Access.read | Access.write
    style: Style = Style.bold
    level: Level = Level.low


class Named(BaseModel):
    model_config = ConfigDict(ser_json_inf_nan="strings")
    share: float
    shares: list[float]
    finite: Annotated[float, Field(allow_inf_nan=False)]


class Plain(BaseModel):
    share: float


@app.post("/flags")
def flags(body: Flags) -> Flags: ...


@app.post("/named")
def named(body: Named) -> Named: ...


@app.get("/plain")
def plain() -> Plain: ...


@app.get("/empty")
def empty():
    return {}
