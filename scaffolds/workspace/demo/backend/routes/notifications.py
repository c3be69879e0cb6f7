"""Server-sent events: notifications as they happen, one channel a user."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Header
from pydantic import BaseModel, Field
from sse_starlette import EventSourceResponse

from ..channel import Channel, Event, Gap, Start
from ..data.happenings import watched

router = APIRouter()


class Notification(BaseModel):
    message: str = Field(min_length=1, max_length=200)
    time: datetime = Field(default_factory=lambda: datetime.now(UTC))


class Missed(BaseModel):
    reason: str


def notifications_of(user_id: int) -> Channel[Notification]:
    return Channel[Notification](f"notifications:{user_id}", history=100)


@router.get("/notifications/stream")
async def stream_notifications(user_id: int, last_event_id: Annotated[str | None, Header()] = None):
    """Stream real-time notifications

    A client that lost its connection sends the last id it saw, and misses none.
    """

    async def event_generator():
        with watched(user_id, tell=notify):
            async for event in notifications_of(user_id).follow(last_event_id):
                match event:
                    case Event():
                        data = event.value.model_dump_json()
                        yield {"event": "notification", "id": event.id, "data": data}
                    case Gap():
                        data = Missed(reason="You were away for too long").model_dump_json()
                        yield {"event": "gap", "id": event.id, "data": data}
                    case Start():
                        yield {"id": event.id}

    return EventSourceResponse(event_generator())


@router.post("/notifications", status_code=201)
async def send_notification(user_id: int, notification: Notification) -> Notification:
    """Notify a user, in all the tabs that are open."""
    await notifications_of(user_id).publish(notification)
    return notification


async def notify(user_id: int, message: str) -> None:
    await notifications_of(user_id).publish(Notification(message=message))
