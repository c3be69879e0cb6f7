"""Routes that are attacked: the module that a workspace gets as `backend/attacked.py`."""

from pathlib import Path

SETTING = "ATTACKED_SECRET"
ROUTES = '''"""What is attacked."""

import os
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Cookie, Depends, Header, HTTPException
from fastapi.responses import FileResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field

from .channel import Channel, Event
from .run import Runs

router = APIRouter(prefix="/api/attacked")

ASKED: list[str] = []
KEYS = {"key-of-a": "a", "key-of-b": "b"}
OWNERS: dict[str, str] = {}

counts = Runs[int]("counts")


class Settings(BaseModel):
    token: str = Field(os.environ["ATTACKED_SECRET"], examples=[os.environ["ATTACKED_SECRET"]])


class Order(BaseModel):
    m: str


async def user_of(key: Annotated[str, Cookie()] = "") -> str:
    if key not in KEYS:
        raise HTTPException(401)
    return KEYS[key]


User = Annotated[str, Depends(user_of)]


async def own_room(owner: str, user: User) -> Channel[str]:
    if owner != user:
        raise HTTPException(403)
    return Channel[str](f"rooms:{owner}")


async def own_run(run: str, user: User) -> str:
    if OWNERS.get(run) != user or not await counts.is_known(run):
        raise HTTPException(404)
    return run


@router.get("/settings")
def settings() -> Settings:
    return Settings(token="other")


@router.get("/asked")
def asked() -> list[str]:
    return ASKED


@router.post("/orders")
async def order(order: Order, user: User) -> AsyncIterator[Order]:
    ASKED.append(order.m)
    yield order


@router.get("/feed", response_class=EventSourceResponse)
async def feed(user: User) -> AsyncIterator[int]:
    ASKED.append("feed")
    yield 1


@router.get("/written")
def written(name: str) -> Response:
    return Response("x", headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get("/stored")
def stored(name: str) -> FileResponse:
    return FileResponse(__file__, filename=name)


@router.post("/rooms/{owner}")
async def say(room: Annotated[Channel[str], Depends(own_room)], text: str) -> str:
    return await room.publish(text)


@router.get("/rooms/{owner}", response_class=EventSourceResponse)
async def hear(
    room: Annotated[Channel[str], Depends(own_room)],
    last_event_id: Annotated[str | None, Header()] = None,
) -> AsyncIterator[ServerSentEvent]:
    async for event in room.follow(last_event_id):
        if isinstance(event, Event):
            yield ServerSentEvent(id=event.id, data=event.value)


async def counted() -> AsyncIterator[int]:
    for number in range(3):
        yield number


@router.post("/runs")
async def start(user: User) -> str:
    run = await counts.start(counted())
    OWNERS[run] = user
    return run


@router.get("/runs/{run}", response_class=EventSourceResponse)
async def follow(
    run: Annotated[str, Depends(own_run)],
    last_event_id: Annotated[str | None, Header()] = None,
) -> AsyncIterator[ServerSentEvent]:
    async for event in counts.follow(run, last_event_id):
        yield ServerSentEvent(id=event.id, event=type(event).__name__, data="x")


@router.get("/prints")
def prints() -> None:
    print("\\x1b[32mgreen\\x1b[0m \\x1b[2J\\x1b]52;c;UFdORUQ=\\x07 printed", flush=True)


@router.get("/breaks", response_class=EventSourceResponse)
async def breaks() -> AsyncIterator[int]:
    yield 1
    raise RuntimeError("canary of an error")


@router.get("/fails")
def fails() -> None:
    raise RuntimeError("an error")
'''


def add_attacked(root: Path) -> None:
    """Adds the routes to a workspace. They read a secret, `SETTING`, from the environment."""
    (root / "backend/attacked.py").write_text(ROUTES, encoding="utf-8")
    main = root / "backend/main.py"
    text = main.read_text(encoding="utf-8")
    added = "from .attacked import router as attacked  # noqa\n\napp.include_router(attacked)\n"
    assert text.count("\nserve(app)") == 1
    main.write_text(text.replace("\nserve(app)", f"\n{added}\nserve(app)"), encoding="utf-8")
