"""Events without an end, of a server that writes down who comes and goes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel

router = APIRouter()

WORKSPACE = Path(__file__).parents[2]


class Beat(BaseModel):
    number: int


def admit() -> None:
    """Refuses everybody while the file `refused` is there."""
    if (WORKSPACE / "refused").exists():
        raise HTTPException(409, "not now")


@router.get("/pulse/{room}", response_class=EventSourceResponse, dependencies=[Depends(admit)])
async def stream_pulse(
    room: str,
    last_event_id: Annotated[int | None, Header()] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Beat twenty times a second."""
    number = 0 if last_event_id is None else last_event_id + 1
    note(f"{room} open {number}")
    try:
        while True:
            yield ServerSentEvent(data=Beat(number=number), id=str(number))
            number += 1
            await asyncio.sleep(0.05)
    finally:
        note(f"{room} close")


def note(line: str) -> None:
    with (WORKSPACE / "visits").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
