"""What is sent, where pydantic documents something else."""

import warnings
from dataclasses import InitVar, dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Generic, TypeVar

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, Secret, SerializeAsAny
from pydantic.json_schema import SkipJsonSchema

app = FastAPI()
T = TypeVar("T")
B = TypeVar("B", bound=BaseModel)


class Shade(Enum):
    GREY = "grey"
    GRAY = "grey"
    BLACK = "black"


class Undocumented(BaseModel):
    needed: SkipJsonSchema[int] = Field(ge=0)
    inner: SkipJsonSchema[int] = 1
    maybe: int | SkipJsonSchema[None] = None
    listed: list[int | SkipJsonSchema[None]] = [None]


@dataclass
class Made:
    size: int
    scale: InitVar[int] = 1
    area: int = field(default=0, init=False)


class Hidden(BaseModel):
    pin: Secret[int] = Secret(1234)
    day: Secret[date] | None = None


def rounded(value: Decimal) -> int:
    return round(value)


with warnings.catch_warnings(action="ignore"):  # old, and not gone

    class Encoded(BaseModel):
        model_config = ConfigDict(json_encoders={Decimal: float, Shade: str})
        price: Decimal = Decimal("1.5")
        shade: Shade = Shade.GREY

    class Rounded(BaseModel):
        model_config = ConfigDict(json_encoders={Decimal: rounded})
        price: Decimal = Decimal("1.5")


class Anything(BaseModel):
    pass


class Something(Anything):
    key: int = 1


class Wrapped(BaseModel):
    nothing: Anything = Something()
    everything: SerializeAsAny[Anything] = Something()
    listed: list[SerializeAsAny[Anything]] = [Something()]


class Bound(BaseModel, Generic[B]):
    value: B


@dataclass
class Box(Generic[T]):
    value: T
    others: list[T] = field(default_factory=list)


@app.get("/shade")
def shade() -> dict[Shade, Shade]:
    return {Shade.GRAY: Shade.GRAY}


@app.post("/undocumented")
def undocumented(value: Undocumented) -> Undocumented:
    return value


@app.post("/made")
def made(value: Made) -> Made:
    return value


@app.get("/hidden")
def hidden() -> Hidden:
    return Hidden()


@app.get("/encoded")
def encoded() -> tuple[Encoded, Rounded]:
    return Encoded(), Rounded()


@app.get("/wrapped")
def wrapped() -> Wrapped:
    return Wrapped()


@app.get("/bound")
def bound() -> Bound[Any]:
    return Bound(value=Something())


@app.get("/bound-alone")
def bound_alone() -> Bound:
    return Bound(value=Something())


@app.get("/boxes")
def boxes() -> tuple[Box[int], Box[list[Shade]], Box[list[Shade]]]:
    return Box(1), Box([Shade.GREY]), Box([])


@app.get("/box-again")
def box_again() -> Box[list[Shade]]:
    return Box([])


@app.get("/fractions")
def fractions() -> dict[float, int]:
    return {2.0: 1}


class Constants(BaseModel):
    model_config = ConfigDict(ser_json_inf_nan="constants")
    ratio: float = 1.5
    finite: float = Field(1.5, allow_inf_nan=False)


@app.get("/constants")
def constants() -> Constants:
    return Constants()
