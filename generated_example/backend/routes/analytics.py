"""JSON lines: a large dataset that is drawn while it arrives."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from ..data.visits import count_visits

router = APIRouter()


class AnalyticsRecord(BaseModel):
    name: str
    value: float
    time: datetime


@router.get("/analytics/stream")
async def stream_analytics_data(count: Annotated[int, Query(ge=1, le=100_000)] = 5000):
    """Stream large analytics dataset"""

    async def data_generator():
        async for batch in get_analytics_batches(count):
            for record in batch:
                yield json.dumps(record.model_dump(mode="json")) + "\n"

    return StreamingResponse(data_generator(), media_type="application/x-ndjson")


async def get_analytics_batches(count: int, size: int = 50) -> AsyncIterator[list[AnalyticsRecord]]:
    """The records in batches, as a database's cursor gives them: some 2000 a second."""
    for start in range(0, count, size):
        batch = count_visits(start, min(start + size, count))
        yield [AnalyticsRecord(name=name, value=value, time=time) for name, value, time in batch]
        await asyncio.sleep(size / 2000)
