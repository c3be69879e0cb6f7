"""Server-sent events: a stream that goes on, and resumes where it broke off."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel

router = APIRouter()

REPLAYED_SECONDS = 60
"""How much of the past a client that comes back can ask for."""


class Tick(BaseModel):
    time: datetime


@router.get("/clock", response_class=EventSourceResponse)
async def stream_clock(
    limit: Annotated[int | None, Query(ge=1)] = None,
    last_event_id: Annotated[int | None, Header()] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Tick once a second; `limit` ends the stream after so many ticks.

    Each event's id is its second, so a client that lost its connection misses none.
    """
    now = int(time.time())
    second = now if last_event_id is None else max(last_event_id + 1, now - REPLAYED_SECONDS)
    end = None if limit is None else second + limit
    while second != end:
        await asyncio.sleep(second - time.time())
        yield ServerSentEvent(data=Tick(time=datetime.fromtimestamp(second, UTC)), id=str(second))
        second += 1
