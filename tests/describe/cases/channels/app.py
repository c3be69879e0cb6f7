"""Streams of what a generic class of the app's own gives, as `backend/channel.py` does."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import FastAPI, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel
from sse_starlette import EventSourceResponse as ClassicEventSourceResponse

app = FastAPI()

T = TypeVar("T")
LastEventId = Annotated[str | None, Header()]


@dataclass(frozen=True)
class Event(Generic[T]):
    id: str
    value: T


@dataclass(frozen=True)
class Gap:
    id: str


class Channel(Generic[T]):
    def __init__(self, name: str, *kept: T) -> None:
        self.name = name
        self.kept = kept

    def follow(self, after: str | None = None) -> AsyncIterator[Event[T] | Gap]:
        return self._follow()

    async def _follow(self) -> AsyncIterator[Event[T] | Gap]:
        yield Gap(self.name)
        for number, value in enumerate(self.kept):
            yield Event(str(number), value)


class Notification(BaseModel):
    message: str


class Joined(BaseModel):
    name: str


class Left(BaseModel):
    name: str


class Missed(BaseModel):
    before: str


notifications = Channel[Notification]("notifications", Notification(message="Hi"))
presence = Channel[Joined | Left]("presence", Joined(name="Ada"), Left(name="Ada"))


def notifications_of(user_id: int) -> Channel[Notification]:
    return Channel(f"notifications of {user_id}", Notification(message="Hi"))


@app.get("/matched", response_class=EventSourceResponse)
async def matched(last_event_id: LastEventId = None) -> AsyncIterator[ServerSentEvent]:
    async for event in notifications.follow(last_event_id):
        match event:
            case Event():
                yield ServerSentEvent(event="notification", id=event.id, data=event.value)
            case Gap():
                yield ServerSentEvent(event="gap", id=event.id, data=Missed(before=event.id))


@app.get("/of-a-user", response_class=EventSourceResponse)
async def of_a_user(user_id: int) -> AsyncIterator[ServerSentEvent]:
    async for event in notifications_of(user_id).follow():
        if isinstance(event, Event):
            yield ServerSentEvent(event="notification", id=event.id, data=event.value)


@app.get("/union", response_class=EventSourceResponse)
async def union() -> AsyncIterator[ServerSentEvent]:
    async for event in presence.follow():
        if isinstance(event, Gap):
            yield ServerSentEvent(id=event.id)
            continue
        match event.value:
            case Joined() as joined:
                yield ServerSentEvent(event="joined", id=event.id, data=joined)
            case Left() as left:
                yield ServerSentEvent(event="left", id=event.id, data=left)


@app.get("/classic")
async def classic() -> ClassicEventSourceResponse:
    async def events() -> AsyncIterator[dict[str, str]]:
        async for event in notifications.follow():
            if isinstance(event, Event):
                data = event.value.model_dump_json()
                yield {"event": "notification", "id": event.id, "data": data}

    return ClassicEventSourceResponse(events())
