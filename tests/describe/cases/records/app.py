"""What has named fields: typed dictionaries, named tuples, dataclasses, models with more."""

import dataclasses
from typing import Annotated, Literal, NamedTuple, NotRequired, Required

import pydantic
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Discriminator, Field, RootModel, Tag, computed_field
from typing_extensions import TypedDict

app = FastAPI()


class Partial(TypedDict, total=False):
    key: Required[int]
    note: str


class Whole(TypedDict):
    key: int
    note: NotRequired[str]


class Point(NamedTuple):
    x: int
    label: str = "here"


@dataclasses.dataclass
class Size:
    width: int
    heights: list[int] = dataclasses.field(default_factory=list)


@pydantic.dataclasses.dataclass
class Hidden:
    shown: int = 1
    hidden: int = Field(default=1, exclude=True)


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, int] = Field(init=False)
    name: str = "a"
    _private: int = 1

    @computed_field
    @property
    def length(self) -> int | None:
        return None


class Scores(RootModel[dict[str, int]]):
    """By name."""


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    loud: bool = True


def kind_of(value: dict[str, str] | BaseModel) -> str:
    return str(value.get("kind") if isinstance(value, dict) else value.kind)


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]
Animal = Annotated[Annotated[Cat, Tag("cat")] | Annotated[Dog, Tag("dog")], Discriminator(kind_of)]


class Folder(BaseModel):
    name: str
    folders: list["Folder"] = []
    parent: "Folder | None" = None


@app.get("/records")
def records() -> tuple[Partial, Whole, Point, Size, Hidden, Open, Scores]:
    more = Open.model_validate({"more": 3})
    return {"key": 1}, {"key": 1}, Point(1), Size(1), Hidden(), more, Scores({"ada": 1})


@app.post("/partial")
def partial(partial: Partial) -> Partial:
    return partial


@app.post("/size")
def size(size: Size) -> Size:
    return size


@app.post("/hidden")
def hidden(hidden: Hidden) -> Hidden:
    return hidden


@app.post("/pet")
def pet(pet: Pet) -> Pet:
    return pet


@app.get("/animals")
def animals() -> list[Animal]:
    return [Cat(), Dog()]


@app.post("/folder")
def folder(folder: Folder) -> Folder:
    return folder
