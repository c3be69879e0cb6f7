from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, Generic, Literal, NamedTuple, TypeVar
from uuid import UUID

from fastapi import FastAPI
from pydantic import (
    AnyUrl,
    BaseModel,
    ConfigDict,
    Field,
    Json,
    RootModel,
    computed_field,
)
from typing_extensions import NotRequired, TypedDict

app = FastAPI()
T = TypeVar("T")


class Color(enum.Enum):
    """A colour of the flag."""

    RED = "red"
    DEEP_BLUE = "deep-blue"


class Level(enum.IntEnum):
    low = 1
    high = 2


class Mixed(enum.Enum):
    text = "text"
    half = 0.5


class Scalars(BaseModel):
    integer: int
    number: float
    text: str
    yes: bool
    nothing: None
    anything: Any
    when: datetime
    day: date
    lasts: timedelta
    price: Decimal
    key: UUID
    data: bytes
    path: Path
    address: IPv4Address
    url: AnyUrl
    raw: Json[list[int]]


class Containers(BaseModel):
    items: list[int]
    unique: set[str]
    pair: tuple[int, str]
    many: tuple[int, ...]
    by_number: dict[int, str]
    by_color: dict[Color, float]
    free: dict[str, Any]
    choice: Literal["a", 1, True, None]
    either: int | str | None


class Leaf(BaseModel):
    kind: Literal["leaf"] = "leaf"
    value: int


class Branch(BaseModel):
    """A node with children."""

    kind: Literal["branch"] = "branch"
    children: list[Branch | Leaf] = Field(default=[], description="In order")


class Point(NamedTuple):
    x: int
    y: float = 0.0


@dataclass
class Size:
    """Width and height."""

    width: int
    height: int = 1


class Options(TypedDict):
    name: str
    debug: NotRequired[bool]


class Page(BaseModel, Generic[T]):
    items: list[T]
    next: str | None = None


class Tags(RootModel[list[str]]):
    """Words."""


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    name: str


class Shape(BaseModel):
    name: str
    wire: int = Field(alias="wireName")
    secret: str = Field(exclude=True)

    @computed_field
    @property
    def area(self) -> float:
        return 1.0


@app.get("/scalars")
def scalars() -> Scalars: ...


@app.get("/containers")
def containers() -> Containers: ...


@app.get("/enums")
def enums() -> tuple[Color, Level, Mixed]: ...


@app.get("/tree")
def tree() -> Branch: ...


@app.get("/shapes")
def shapes() -> tuple[Point, Size, Options, Tags, Open]: ...


@app.post("/pages")
def pages(page: Page[Size]) -> Page[list[Color] | None]: ...


@app.post("/shape")
def shape(shape: Shape) -> Shape: ...


@app.post("/tree")
def post_tree(tree: Branch) -> None: ...


@app.get("/number")
def number() -> int: ...


@app.get("/anything")
def anything() -> Any: ...
