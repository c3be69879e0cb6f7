"""Models that write something else than they hold."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI
from pydantic import (
    BaseModel,
    BeforeValidator,
    WithJsonSchema,
    field_serializer,
    model_serializer,
)

app = FastAPI()


class Fields(BaseModel):
    text: int = 1
    listed: int = 1
    stamp: datetime = datetime(2026, 11, 21)
    maybe: int | None = None
    lenient: Annotated[int, BeforeValidator(int)] = 1
    stated: Annotated[Any, WithJsonSchema({"type": "integer"})] = 1
    """What an app states of a schema is believed."""

    @field_serializer("text")
    def write_text(self, value: int) -> str:
        return str(value)

    @field_serializer("listed", mode="wrap")
    def write_list(self, value: int, write: Any) -> list[int]:
        return [write(value)]

    @field_serializer("stamp", when_used="json")
    def write_stamp(self, value: datetime) -> float:
        return value.timestamp()

    @field_serializer("maybe", when_used="unless-none")
    def write_maybe(self, value: int) -> str:
        return str(value)


class Replaced(BaseModel):
    value: int = 1

    @model_serializer
    def write(self) -> dict[str, int]:
        return {"other": self.value}


class Extended(BaseModel):
    value: int = 1

    @model_serializer(mode="wrap")
    def write(self, write: Any) -> dict[str, Any]:
        return {**write(self), "more": 1}


@app.get("/fields")
def fields() -> Fields:
    return Fields()


@app.get("/maybe")
def maybe() -> Fields:
    return Fields(maybe=1)


@app.post("/fields")
def send_fields(fields: Fields) -> Fields:
    return fields


@app.get("/models")
def models() -> tuple[Replaced, Extended]:
    return Replaced(), Extended()
