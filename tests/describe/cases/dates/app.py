"""Dates wherever a value may have them, and texts that only look like some."""

import datetime
import json
from collections.abc import AsyncIterator, Iterable
from datetime import UTC
from typing import Annotated, Generic, Literal, TypeVar

from fastapi import Body, FastAPI, Header, Query, Request
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NaiveDatetime, RootModel

app = FastAPI()

AT = datetime.datetime(2026, 11, 21, 4, 30, 0, 123456, tzinfo=UTC)
NAIVE = datetime.datetime(2026, 11, 21, 4, 30)
LOOKS_LIKE_ONE = "2026-01-01T00:00:00Z"

T = TypeVar("T")


class Plain(BaseModel):
    """Texts that stay texts."""

    said: str = LOOKS_LIKE_ONE
    claimed: Annotated[str, Field(json_schema_extra={"format": "date-time"})] = LOOKS_LIKE_ONE
    day: datetime.date = AT.date()
    clock: datetime.time = AT.time()
    lasts: datetime.timedelta = datetime.timedelta(minutes=1)
    wall: NaiveDatetime = NAIVE
    either: datetime.datetime | str = AT
    either_day: datetime.datetime | datetime.date = AT
    known: datetime.datetime | Literal["never"] = "never"
    days: dict[datetime.datetime, int] = {AT: 1}


class Moment(BaseModel):
    at: datetime.datetime = AT
    aware: AwareDatetime = AT
    naive: datetime.datetime = NAIVE
    east: datetime.datetime = AT.astimezone(datetime.timezone(datetime.timedelta(hours=5.5)))
    maybe: datetime.datetime | None = None
    counted: datetime.datetime | int = AT
    said: str = LOOKS_LIKE_ONE


class Nested(BaseModel):
    moment: Moment
    plain: Plain | None = None
    all: list[datetime.datetime] = [AT, NAIVE]
    by_name: dict[str, datetime.datetime | None] = {"a": AT, "__proto__": AT, "b": None}
    pair: tuple[str, datetime.datetime] = (LOOKS_LIKE_ONE, AT)
    span: tuple[datetime.datetime, ...] = (AT,)
    moments: list[Moment | None] = [None]
    deep: dict[str, list[tuple[int, datetime.datetime]]] = {"a": [(1, AT)]}
    proto: datetime.datetime = Field(AT, alias="__proto__")


class Card(BaseModel):
    kind: Literal["card", "credit"] = "card"
    until: datetime.datetime = AT
    when: str = LOOKS_LIKE_ONE


class Cash(BaseModel):
    kind: Literal["cash"] = "cash"
    when: datetime.datetime = AT


class Untold(BaseModel):
    when: datetime.datetime = AT


class Unions(BaseModel):
    payment: Card | Cash = Field(Cash(), discriminator="kind")
    told: list[Card | Cash] = [Card(), Cash()]
    untold: Untold | Plain = Untold()
    mixed: datetime.datetime | list[datetime.datetime] | Untold | None = AT
    numbers: list[int] | list[datetime.datetime] = [AT]


class Page(BaseModel, Generic[T]):
    items: list[T]
    next: T | None = None
    made: datetime.datetime = AT


class Box(BaseModel, Generic[T]):
    holds: T
    or_text: T | str


class Tree(BaseModel):
    at: datetime.datetime = AT
    children: "list[Tree]" = []


class Branch(BaseModel):
    leaf: "Leaf | None" = None


class Leaf(BaseModel):
    branch: Branch | None = None
    at: datetime.datetime = AT


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, datetime.datetime] = Field(init=False)
    name: str = LOOKS_LIKE_ONE
    at: datetime.datetime = AT


class Holidays(RootModel[list[datetime.datetime]]):
    root: list[datetime.datetime] = [AT]


class Numbered(BaseModel):
    model_config = ConfigDict(ser_json_temporal="seconds")
    at: datetime.datetime = AT


class Late(BaseModel):
    detail: str
    since: datetime.datetime = AT


class TooLate(Exception):
    """Answered with a `Late`."""


@app.exception_handler(TooLate)
def answer_late(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse(Late(detail=LOOKS_LIKE_ONE).model_dump(mode="json"), 409)


@app.get("/plain")
def plain() -> Plain:
    return Plain()


@app.get("/nested")
def nested() -> Nested:
    return Nested(moment=Moment(), moments=[Moment(), None], plain=Plain())


@app.get("/unions")
def unions() -> Unions:
    return Unions()


@app.get("/untold")
def untold() -> Untold | Plain:
    return Untold()


@app.get("/pages")
def pages() -> Page[Moment]:
    return Page(items=[Moment()], next=Moment())


@app.get("/pages-of-dates")
def pages_of_dates() -> Page[datetime.datetime]:
    return Page(items=[AT], next=None)


@app.get("/pages-of-text")
def pages_of_text() -> Page[str]:
    return Page(items=[LOOKS_LIKE_ONE], next=LOOKS_LIKE_ONE)


@app.get("/boxes")
def boxes() -> tuple[Box[datetime.datetime], Box[int], Box[Moment]]:
    return (
        Box(holds=AT, or_text=AT),
        Box(holds=1, or_text=LOOKS_LIKE_ONE),
        Box(holds=Moment(), or_text=Moment()),
    )


@app.get("/tree")
def tree() -> Tree:
    return Tree(children=[Tree(children=[Tree()]), Tree()])


@app.get("/branch")
def branch() -> Branch:
    return Branch(leaf=Leaf(branch=Branch(leaf=Leaf())))


@app.get("/open")
def opened() -> Open:
    return Open(later=AT)


@app.get("/numbered")
def numbered() -> Numbered:
    return Numbered()


@app.post("/numbered")
def send_numbered(numbered: Numbered) -> Holidays:
    return Holidays([numbered.at])


@app.get("/dates")
def dates() -> dict[str, datetime.datetime]:
    return {"a": AT, "constructor": NAIVE}


@app.get("/none")
def none() -> datetime.datetime | None:
    return None


@app.post("/echo")
def echo(moment: Moment, nested: Nested) -> Nested:
    return nested


@app.get("/since/{at}")
def since(
    at: datetime.datetime,
    until: datetime.datetime,
    wall: NaiveDatetime = NAIVE,
    all: Annotated[list[datetime.datetime], Query()] = [],  # noqa: B006
    x_at: Annotated[datetime.datetime | None, Header()] = None,
) -> list[datetime.datetime | None]:
    return [at, until, *all, x_at]


@app.get("/late", responses={409: {"model": Late}})
def late(detail: str = "") -> Late:
    if detail == "too late":
        raise TooLate
    return Late(detail=LOOKS_LIKE_ONE)


@app.get("/ticks", response_class=EventSourceResponse)
async def ticks() -> AsyncIterator[Moment]:
    yield Moment()


@app.get("/happenings", response_class=EventSourceResponse)
async def happenings() -> AsyncIterator[ServerSentEvent]:
    yield ServerSentEvent(event="plain", data=Plain())
    yield ServerSentEvent(event="moment", data=Moment())
    yield ServerSentEvent(event="text", raw_data=LOOKS_LIKE_ONE)
    yield ServerSentEvent(event="when", data=AT)


@app.get("/rows")
async def rows() -> AsyncIterator[Moment | None]:
    yield Moment()
    yield None


@app.get("/loose")
def loose() -> StreamingResponse:
    def lines() -> Iterable[str]:
        yield json.dumps({"at": LOOKS_LIKE_ONE}) + "\n"

    return StreamingResponse(lines(), media_type="application/jsonl")


@app.post("/ask")
async def ask(at: Annotated[datetime.datetime, Body()], stream: Annotated[bool, Body()] = False):
    if stream:
        return StreamingResponse(
            (f"data: {Moment(at=at).model_dump_json()}\n\n" for _ in range(2)),
            media_type="text/event-stream",
        )
    return Page[Moment](items=[Moment(at=at)])
