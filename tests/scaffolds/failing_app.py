"""Routes whose streams fail, one of each kind that FastAPI has, and one that ends well of each."""

import asyncio
from collections.abc import AsyncIterator, Iterator

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse
from sse_starlette import EventSourceResponse as ClassicEventSourceResponse

EVENTS = ("events", "sync_events", "classic_events", "hand_written_events")
OTHERS = ("records", "sync_records", "text", "parts")
KINDS = (*EVENTS, *OTHERS)

router = APIRouter()


async def numbers(ends: str) -> AsyncIterator[int]:
    """Two of them, and then, as the parameter says, the end, an exception or a wait."""
    yield 1
    await asyncio.sleep(0.01)
    yield 2
    await asyncio.sleep(0.01)
    match ends:
        case "badly":
            raise ValueError("the numbers are out")
        case "never":
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                return


def sync_numbers(ends: str) -> Iterator[int]:
    yield 1
    yield 2
    if ends == "badly":
        raise ValueError("the numbers are out")


@router.get("/events", response_class=EventSourceResponse)
async def events(ends: str = "badly") -> AsyncIterator[int]:
    async for number in numbers(ends):
        yield number


@router.get("/sync_events", response_class=EventSourceResponse)
def sync_events(ends: str = "badly") -> Iterator[int]:
    yield from sync_numbers(ends)


@router.get("/classic_events")
async def classic_events(ends: str = "badly") -> ClassicEventSourceResponse:
    async def dictionaries() -> AsyncIterator[dict[str, str]]:
        async for number in numbers(ends):
            yield {"data": str(number)}

    return ClassicEventSourceResponse(dictionaries(), sep="\n")


@router.get("/hand_written_events")
async def hand_written_events(ends: str = "badly") -> StreamingResponse:
    async def texts() -> AsyncIterator[str]:
        async for number in numbers(ends):
            yield f"data: {number}\n\n"

    return StreamingResponse(texts(), media_type="text/event-stream")


@router.get("/records")
async def records(ends: str = "badly") -> AsyncIterator[int]:
    async for number in numbers(ends):
        yield number


@router.get("/sync_records")
def sync_records(ends: str = "badly") -> Iterator[int]:
    yield from sync_numbers(ends)


@router.get("/text")
async def text(ends: str = "badly") -> StreamingResponse:
    async def lines() -> AsyncIterator[str]:
        async for number in numbers(ends):
            yield f"{number}\n"

    return StreamingResponse(lines(), media_type="text/plain")


@router.get("/parts")
async def parts(ends: str = "badly") -> StreamingResponse:
    async def chunks() -> AsyncIterator[bytes]:
        async for number in numbers(ends):
            yield b"%d\n" % number

    return StreamingResponse(chunks(), media_type="application/octet-stream")
