"""A run with a progress bar: a job that nobody has to wait for."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field

from ..channel import Event
from ..data.export import Progress, export
from ..problems import Problem
from ..run import Ended, Runs, Snapshot
from ..visitors import Visitor

router = APIRouter()


def exports_of(visitor: str) -> Runs[Progress]:
    """Of nobody else: under other names than that of its owner, a job is unknown."""
    return Runs[Progress](f"exports:{visitor}", history=100)


class NewExport(BaseModel):
    rows: int = Field(ge=1, le=100_000)


@router.post("/jobs", status_code=202)
async def start_export(request: NewExport, visitor: Visitor) -> str:
    """Begin to export rows; the id of the job."""
    return await exports_of(visitor).start(export(request.rows))


async def known(job: str, visitor: Visitor) -> str:
    if not await exports_of(visitor).is_known(job):
        raise HTTPException(404, "This job is no longer there")
    return job


Job = Annotated[str, Depends(known)]


@router.get("/jobs/{job}", response_class=EventSourceResponse, responses={404: {"model": Problem}})
async def follow_export(
    job: Job, visitor: Visitor, last_event_id: Annotated[str | None, Header()] = None
) -> AsyncIterator[ServerSentEvent]:
    """How far the job has come, and at last how it ended."""
    async for event in exports_of(visitor).follow(job, last_event_id):
        match event:
            case Snapshot():
                for newest in event.values[-1:]:
                    yield ServerSentEvent(event="progress", id=event.id, data=newest)
            case Event():
                yield ServerSentEvent(event="progress", id=event.id, data=event.value)
            case Ended():
                yield ServerSentEvent(event="ended", id=event.id, data=event)


@router.post("/jobs/{job}/stop", responses={404: {"model": Problem}})
async def stop_export(job: Job, visitor: Visitor) -> Ended:
    """Stop the job, on whichever worker it runs."""
    return await exports_of(visitor).stop(job)
