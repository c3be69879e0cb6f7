from collections.abc import Callable
from typing import Annotated, Any

from fastapi import FastAPI
from pydantic import (
    BaseModel,
    ConfigDict,
    PlainSerializer,
    SerializeAsAny,
    field_serializer,
    model_serializer,
)

app = FastAPI()


class Foreign:
    pass


class Holder(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    name: str
    foreign: Foreign
    callback: Callable[[], int]


class Serialized(BaseModel):
    typed: int
    untyped: int
    plain: Annotated[int, PlainSerializer(lambda value: str(value))]

    @field_serializer("typed")
    def write_typed(self, value: int) -> str: ...

    @field_serializer("untyped")
    def write_untyped(self, value: int): ...


class Whole(BaseModel):
    name: str

    @model_serializer
    def write(self): ...


class Base(BaseModel):
    id: int


class Wrapper(BaseModel):
    base: SerializeAsAny[Base]


class Raising(BaseModel):
    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Any:
        raise RuntimeError("no schema today")


@app.get("/holder")
def holder() -> Holder: ...


@app.get("/serialized")
def serialized() -> Serialized: ...


@app.get("/whole")
def whole() -> Whole: ...


@app.get("/wrapper")
def wrapper() -> Wrapper: ...


@app.get("/raising")
def raising() -> Raising: ...


@app.get("/odd")
def untouched() -> Base: ...
