"""What `response_model_include` and `response_model_exclude` leave of all kinds of answers."""

from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, Field, RootModel, model_serializer
from typing_extensions import TypedDict

app = FastAPI()


class Inner(BaseModel):
    note: str = "a"
    secret: int = 1


class Item(BaseModel):
    own_name: str = Field("a", alias="ownName")
    inner: Inner = Inner()
    listed: list[Inner] = [Inner()]
    keyed: dict[str, Inner] = {"a": Inner()}
    pair: tuple[Inner, int] = (Inner(), 1)


class Keys(TypedDict):
    shown: int
    secret: int


class Written(BaseModel):
    value: int = 1

    @model_serializer
    def write(self) -> Keys:
        return {"shown": self.value, "secret": 2}


class Items(RootModel[list[Item]]):
    pass


@dataclass
class Fields:
    shown: int = 1
    secret: int = 2


@app.get("/keys", response_model_exclude={"secret"})
def keys() -> Keys:
    return {"shown": 1, "secret": 2}


@app.get("/fields", response_model_exclude={"secret"})
def fields() -> Fields:
    return Fields()


@app.get("/maybe", response_model_include={"own_name"})
def maybe() -> Item | None:
    return Item()


@app.get("/by-name", response_model_include={"own_name"}, response_model_by_alias=False)
def by_name() -> Item:
    return Item()


@app.get("/either", response_model_exclude={"secret", "own_name", "listed", "keyed", "pair"})
def either() -> Item | Inner:
    return Item()


WITHIN: dict[str, Any] = {
    "inner": {"secret"},
    "listed": {"__all__": {"secret"}},
    "keyed": {"__all__": {"secret"}},
    "pair": {"__all__": {"secret"}},
    "own_name": True,
}


@app.get("/within", response_model_exclude=WITHIN)
def within() -> Item:
    return Item()


@app.get("/chosen", response_model_include={"inner": {"note"}, "listed": ...})
def chosen() -> Item:
    return Item()


@app.get("/of-each", response_model_include={"__all__": {"inner": {"note"}}})
def of_each() -> list[Item]:
    return [Item()]


@app.get("/of-root", response_model_include={"__all__": {"own_name"}})
def of_root() -> Items:
    return Items([Item()])


@app.get("/of-none", response_model_exclude={"own_name"})
def of_none() -> list[Item]:
    """The keys are those of the list: FastAPI leaves nothing out."""
    return [Item()]


@app.get("/nothing", response_model_include=set())
def nothing() -> Inner:
    return Inner()


@app.get("/of-the-first", response_model_exclude={0: {"secret"}})
def of_the_first() -> list[Inner]:
    return [Inner(), Inner()]


@app.get("/of-written", response_model_exclude={"secret"})
def of_written() -> Written:
    return Written()
