"""Streams of every kind that a client can hold, laid out as `backend/main.py` by `serving.py`."""

import asyncio
import gc
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sse_starlette import EventSourceResponse as ClassicEventSourceResponse


class Ticks:
    """Numbered moments that all listeners are told; nobody misses one after his first."""

    def __init__(self) -> None:
        self.moments: list[float] = []
        self._news = asyncio.Event()

    def publish(self) -> None:
        self.moments.append(time.monotonic())
        self._news.set()
        self._news = asyncio.Event()

    async def follow(self) -> AsyncIterator[tuple[int, float]]:
        number = len(self.moments)
        while True:
            while number < len(self.moments):
                yield number, self.moments[number]
                number += 1
            await self._news.wait()

    async def publish_regularly(self, rate: float) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due += 1 / rate
            await asyncio.sleep(due - loop.time())
            self.publish()


ticks = Ticks()
left: dict[str, float] = {}
"""When the generator of a stream was told of its client's leaving, by the stream's name."""
produced: dict[str, int] = {}
router = APIRouter(prefix="/api")


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        publishing = group.create_task(ticks.publish_regularly(float(os.environ["RATE"])))
        yield
        publishing.cancel()


@router.get("/left")
async def when_left() -> dict[str, float]:
    return left


@router.get("/collected_after")
async def collected_after() -> int:
    return gc.get_threshold()[0]


@router.get("/produced")
async def how_much() -> dict[str, int]:
    return produced


@router.get("/ticks", response_class=EventSourceResponse)
async def native_ticks() -> AsyncIterator[ServerSentEvent]:
    async for number, moment in ticks.follow():
        yield ServerSentEvent(id=str(number), raw_data=str(moment))


@router.get("/text_ticks")
async def text_ticks() -> StreamingResponse:
    async def texts() -> AsyncIterator[str]:
        async for number, moment in ticks.follow():
            yield f"data: {moment}\nid: {number}\n\n"

    return StreamingResponse(texts(), media_type="text/event-stream")


@router.get("/flood/{name}")
async def flood(name: str) -> StreamingResponse:
    async def chunks() -> AsyncIterator[bytes]:
        while True:
            produced[name] = produced.get(name, 0) + 1
            yield bytes(65_536)

    return StreamingResponse(chunks(), media_type="text/event-stream")


@router.get("/canary", response_class=EventSourceResponse)
async def canary() -> AsyncIterator[int]:
    yield 1
    raise RuntimeError("canary")


async def values(name: str, pause: float) -> AsyncIterator[int]:
    number = 0
    try:
        while True:
            yield number
            number += 1
            await asyncio.sleep(pause)
    finally:
        left[name] = time.monotonic()


def sync_values(name: str, pause: float) -> Iterator[int]:
    number = 0
    try:
        while True:
            yield number
            number += 1
            time.sleep(pause)
    finally:
        left[name] = time.monotonic()


@router.get("/events/{name}", response_class=EventSourceResponse)
async def events(name: str, pause: float) -> AsyncIterator[int]:
    async for value in values(name, pause):
        yield value


@router.get("/direct_events/{name}", response_class=EventSourceResponse)
async def direct_events(name: str, pause: float) -> AsyncIterator[int]:
    try:
        while True:
            yield 1
            await asyncio.sleep(pause)
    finally:
        left[name] = time.monotonic()


@router.get("/records/{name}")
async def records(name: str, pause: float) -> AsyncIterator[int]:
    async for value in values(name, pause):
        yield value


@router.get("/text/{name}")
async def text(name: str, pause: float) -> StreamingResponse:
    return StreamingResponse(f"{value}\n" async for value in values(name, pause))


@router.get("/classic_events/{name}")
async def classic_events(name: str, pause: float) -> ClassicEventSourceResponse:
    return ClassicEventSourceResponse({"data": str(value)} async for value in values(name, pause))


@router.get("/sync_events/{name}", response_class=EventSourceResponse)
def sync_events(name: str, pause: float) -> Iterator[int]:
    yield from sync_values(name, pause)


@router.get("/sync_records/{name}")
def sync_records(name: str, pause: float) -> Iterator[int]:
    yield from sync_values(name, pause)


@router.get("/sync_text/{name}")
def sync_text(name: str, pause: float) -> StreamingResponse:
    return StreamingResponse(f"{value}\n" for value in sync_values(name, pause))


app = FastAPI(lifespan=lifespan)
app.include_router(router)
if "BARE" not in os.environ:
    from backend.serving import serve  # type: ignore[import-not-found]

    serve(app)
