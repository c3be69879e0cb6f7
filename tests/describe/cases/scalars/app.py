"""Values that are one text or one number on the wire, both ways."""

import datetime
import enum
import re
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import FastAPI
from pydantic import (
    AnyUrl,
    AwareDatetime,
    Base64Bytes,
    BaseModel,
    ByteSize,
    ConfigDict,
    Field,
    HttpUrl,
    Json,
    PlainSerializer,
    SecretStr,
)

app = FastAPI()


class Access(enum.IntFlag):
    read = 1
    write = 2


class Odd(enum.Enum):
    """Values that TypeScript has no constants for."""

    pair = (1, 2)
    half = 0.5


class Texts(BaseModel):
    key: UUID = UUID(int=1)
    price: Decimal = Decimal("1.50")
    path: Path = Path("a/b")
    address: IPv4Address = IPv4Address("127.0.0.1")
    network: IPv6Network = IPv6Network("::/64")
    url: AnyUrl = AnyUrl("http://example.com")
    site: HttpUrl = HttpUrl("http://example.com")
    secret: SecretStr = SecretStr("x")
    pattern: re.Pattern[str] = re.compile("a")
    data: bytes = b"abc"
    encoded: Base64Bytes = b"YWJj"
    short: Annotated[str, Field(min_length=1, max_length=9, pattern="^[a-z]+$")] = "abc"


class Times(BaseModel):
    at: datetime.datetime = datetime.datetime(2026, 11, 21, 4, 30)
    aware: AwareDatetime = datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC)
    day: datetime.date = datetime.date(2026, 11, 21)
    clock: datetime.time = datetime.time(4, 30)
    lasts: datetime.timedelta = datetime.timedelta(seconds=5)


class Numbers(BaseModel):
    model_config = ConfigDict(ser_json_timedelta="float")
    lasts: datetime.timedelta = datetime.timedelta(seconds=5)
    size: ByteSize = ByteSize(5)
    bounded: Annotated[int, Field(gt=0, lt=10)] = 5
    access: Access = Access.read | Access.write
    odd: Odd = Odd.pair
    large: int = 2**60
    """Beyond what JavaScript's numbers tell apart: digits are lost."""
    exact: Annotated[int, PlainSerializer(str, return_type=str)] = 2**60
    """As text: `BigInt(exact)` has them all."""
    choice: Literal["a", 1, True, None] = None
    anything: Any = 1


class Parsed(BaseModel):
    numbers: Json[list[int]]
    whatever: Json


@app.get("/texts")
def texts() -> Texts:
    return Texts()


@app.get("/times")
def times() -> Times:
    return Times()


@app.get("/numbers")
def numbers() -> Numbers:
    return Numbers()


@app.post("/times")
def send_times(times: Times) -> Times:
    return times


@app.post("/parsed")
def parsed(parsed: Parsed) -> Parsed:
    return parsed
