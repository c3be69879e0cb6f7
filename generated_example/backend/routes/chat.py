"""A run: an answer that goes on without its reader, and that its reader follows from anywhere."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field

from ..channel import Event
from ..data.conversation import Part, Question, Token, Usage, joined, reply
from ..problems import Problem
from ..run import Ended, Runs, Snapshot
from ..visitors import Visitor

router = APIRouter()

Key = Annotated[str | None, Header(max_length=200)]


def answers_of(visitor: str) -> Runs[Part]:
    """Of nobody else: under other names than that of its owner, a run is unknown."""
    return Runs[Part](f"answers:{visitor}")


class ChatRequest(BaseModel):
    message: str = Field(min_length=1, max_length=2000)


@router.post("/chat", status_code=202)
async def ask(request: ChatRequest, visitor: Visitor, idempotency_key: Key = None) -> str:
    """Begin to answer a message, once if it has a key; the id of the run."""
    return await answers_of(visitor).start(reply(request.message), once=idempotency_key)


async def known(run: str, visitor: Visitor) -> str:
    if not await answers_of(visitor).is_known(run):
        raise HTTPException(404, "This answer is no longer there")
    return run


Run = Annotated[str, Depends(known)]


@router.get("/chat/{run}", response_class=EventSourceResponse, responses={404: {"model": Problem}})
async def follow_answer(
    run: Run, visitor: Visitor, last_event_id: Annotated[str | None, Header()] = None
) -> AsyncIterator[ServerSentEvent]:
    """What has come until now, and then the rest token by token, in any number of tabs."""
    async for event in answers_of(visitor).follow(run, last_event_id):
        match event:
            case Snapshot():
                answer = joined(event.values, is_whole=event.is_whole)
                yield ServerSentEvent(event="answer", id=event.id, data=answer)
            case Ended():
                yield ServerSentEvent(event="ended", id=event.id, data=event)
            case Event():
                part = event.value
                if isinstance(part, Question):
                    yield ServerSentEvent(event="answer", id=event.id, data=joined([part]))
                elif isinstance(part, Token):
                    yield ServerSentEvent(event="token", id=event.id, data=part)
                elif isinstance(part, Usage):
                    yield ServerSentEvent(event="usage", id=event.id, data=part)


@router.post("/chat/{run}/stop", responses={404: {"model": Problem}})
async def stop_answer(run: Run, visitor: Visitor) -> Ended:
    """Stop the answer at the token that it has come to, on whichever worker it is made."""
    return await answers_of(visitor).stop(run)
