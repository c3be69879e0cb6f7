"""Ten thousand events a second."""

import asyncio
import time
from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

router = APIRouter()

RATE = 10_000
PAUSE = 0.01


@router.get("/flood", include_in_schema=False)
async def stream_flood(seconds: float) -> StreamingResponse:
    """Count to ten thousand in every second."""
    return StreamingResponse(beats(round(seconds * RATE)), media_type="text/event-stream")


async def beats(count: int) -> AsyncIterator[str]:
    start = time.monotonic()
    number = 0
    while number < count:
        due = min(count, round((time.monotonic() - start) * RATE))
        yield "".join(f'id: {n}\ndata: {{"number": {n}}}\n\n' for n in range(number, due))
        number = due
        await asyncio.sleep(PAUSE)
