"""Server-sent events over POST: an answer token by token, then what it took."""

import time
from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field

from ..data.assistant import answer

router = APIRouter()


class ChatRequest(BaseModel):
    message: str = Field(min_length=1, max_length=2000)


class Token(BaseModel):
    text: str


class Usage(BaseModel):
    tokens: int
    seconds: float


@router.post("/chat", response_class=EventSourceResponse)
async def chat(request: ChatRequest) -> AsyncIterator[ServerSentEvent]:
    """Answer a message.

    A client that leaves stops the answer here, at the token that it had come to.
    """
    started = time.monotonic()
    tokens = 0
    async for text in answer(request.message):
        yield ServerSentEvent(event="token", data=Token(text=text))
        tokens += 1

    seconds = round(time.monotonic() - started, 2)
    yield ServerSentEvent(event="usage", data=Usage(tokens=tokens, seconds=seconds))
