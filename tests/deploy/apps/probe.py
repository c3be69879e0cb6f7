"""What a site under test is asked for: who answers, who asks, events, and work that takes time."""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ..channel import Channel, Event

router = APIRouter(prefix="/probe")
numbers = Channel[int]("numbers")
state = {"open": 0}


@router.get("/state")
async def read_state() -> dict[str, int]:
    return state


@router.get("/asking")
async def read_asking(request: Request) -> dict[str, str]:
    client = request.client.host if request.client else ""
    return {"client": client, "url": str(request.url), "worker": os.environ["PORT"]}


@router.get("/numbers", response_class=EventSourceResponse)
async def follow_numbers(
    last_event_id: Annotated[str | None, Header()] = None,
) -> AsyncIterator[ServerSentEvent]:
    state["open"] += 1
    try:
        yield ServerSentEvent(event="worker", data=int(os.environ["PORT"]))
        async for event in numbers.follow(last_event_id):
            match event:
                case Event():
                    yield ServerSentEvent(event="number", id=event.id, data=event.value)
                case place:
                    yield ServerSentEvent(event=type(place).__name__, id=place.id, data=0)
    finally:
        state["open"] -= 1


@router.post("/numbers/{number}")
async def publish_number(number: int) -> str:
    return await numbers.publish(number)


@router.post("/work")
async def work() -> str:
    await asyncio.sleep(0.2)
    return os.environ["PORT"]
