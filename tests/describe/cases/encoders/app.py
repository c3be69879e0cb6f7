import dataclasses
import json
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated

from fastapi import FastAPI
from fastapi.encoders import jsonable_encoder
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator, BaseModel, PlainSerializer

app = FastAPI()


class Color(Enum):
    red = "red"


class Moment(BaseModel):
    at: datetime


class Money(BaseModel):
    amount: Decimal


class Paint(BaseModel):
    color: Color
    lasts: timedelta


@dataclasses.dataclass
class Size:
    width: int


def lines(content):
    return StreamingResponse(content, media_type="application/x-ndjson")


@app.post("/default-writes-dates")
def default_writes_dates(moments: list[str]):
    return lines(json.dumps(Moment(at=m).model_dump(), default=str) + "\n" for m in moments)


@app.post("/default-writes-enums-its-own-way")
def default_writes_enums(paints: list[str]):
    return lines(json.dumps(Paint(color=p).model_dump(), default=str) + "\n" for p in paints)


@app.post("/dumped-for-json")
def dumped_for_json(paints: list[str]):
    return lines(json.dumps(Paint(color=p).model_dump(mode="json")) + "\n" for p in paints)


@app.get("/fastapi-writes-decimals-as-numbers")
def decimals():
    return Money(amount=1).model_dump()


@app.get("/fastapi-writes-models")
def models():
    return {"money": Money(amount=1), "moment": jsonable_encoder(Moment(at=0))}


@app.get("/bare-decimal")
def bare_decimal():
    return {"amount": Money(amount=1).amount, "lasts": timedelta(1), "at": datetime.now()}


@app.get("/dataclass")
def dataclass():
    return {"size": Size(1), "written": dataclasses.asdict(Size(1))}


@app.get("/dates-as-text")
def dates_as_text():
    return {"at": datetime.now().isoformat()}


@app.get("/validated")
async def validated(name: Annotated[str | None, AfterValidator(str.strip)] = None):
    async def content():
        yield json.dumps({"name": name}) + "\n"

    return StreamingResponse(content(), media_type="application/x-ndjson")


@app.get("/serialized")
async def serialized(size: Annotated[int | None, PlainSerializer(str)] = None):
    async def content():
        yield json.dumps({"size": size}) + "\n"

    return StreamingResponse(content(), media_type="application/x-ndjson")
