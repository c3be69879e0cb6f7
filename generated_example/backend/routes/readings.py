"""JSON lines: a long list that is shown while it arrives."""

import asyncio
import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

router = APIRouter()


class Reading(BaseModel):
    time: datetime
    celsius: float


@router.get("/readings")
async def stream_readings(
    count: Annotated[int, Query(ge=1, le=1000)] = 96,
) -> AsyncIterator[Reading]:
    """A day in spring, measured every quarter of an hour, one reading after another."""
    for number in range(count):
        hours = number / 4
        swing = 6 * math.sin((hours - 9) / 24 * math.tau)
        flutter = 0.7 * math.sin(hours * 2.9) + 0.4 * math.sin(hours * 7.3)
        yield Reading(
            time=datetime(2026, 4, 1, tzinfo=UTC) + timedelta(hours=hours),
            celsius=round(14 + swing + flutter, 1),
        )
        await asyncio.sleep(0.03)  # as long as a real query might take
