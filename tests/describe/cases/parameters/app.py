from datetime import date
from enum import Enum
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Cookie, Depends, FastAPI, Header, Path, Query, Request
from pydantic import BaseModel, Field

app = FastAPI()


class Order(str, Enum):
    newest = "newest"
    oldest = "oldest"


class Page(BaseModel):
    limit: int = Field(20, description="How many at most")
    offset: int = 0
    order_by: Order = Field(Order.newest, alias="orderBy")


class Trace(BaseModel):
    trace_id: str
    span: str | None = None


def pagination(limit: int = 20, cursor: str | None = None) -> None: ...


def tenant(tenant_id: Annotated[str, Header()], page: Annotated[None, Depends(pagination)]): ...


@app.get("/in-order/{item_id}")
def in_order(
    q: str,
    who: Annotated[None, Depends(tenant)],
    item_id: int,
    since: date | None = None,
    owner: UUID | None = None,
): ...


@app.get("/names")
def names(
    item_query: Annotated[str, Query(alias="item-query", description="What to look for")],
    user_agent: Annotated[str | None, Header()] = None,
    x_plain: Annotated[str | None, Header(convert_underscores=False)] = None,
    tags: Annotated[list[str], Query()] = [],
    kind: Literal["a", "b"] = "a",
): ...


@app.get("/models")
def models(page: Annotated[Page, Query()], trace: Annotated[Trace, Header()]): ...


@app.get("/left-out")
def left_out(
    session: Annotated[str | None, Cookie()] = None,
    last_event_id: Annotated[str | None, Header()] = None,
    internal: Annotated[bool, Query(include_in_schema=False)] = False,
): ...


@app.get("/files/{file_path:path}")
def spans_segments(file_path: str): ...


@app.get("/{owner}/{repository:str}/raw/{number:int}")
def only_in_the_path(request: Request, number: Annotated[int, Path(ge=1)]): ...


class Service:
    def __init__(self, region: str, zone: int = 1) -> None: ...


@app.get("/class")
def class_dependency(service: Annotated[Service, Depends()]): ...


@app.get("/decorator", dependencies=[Depends(tenant)])
def decorator_dependency(q: str): ...
