"""Server-sent events: notifications as they happen, one stream a user."""

import asyncio
import json
import time
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Header
from pydantic import BaseModel
from sse_starlette import EventSourceResponse

from ..data.happenings import happened

router = APIRouter()


class Notification(BaseModel):
    id: int
    message: str
    time: datetime


@router.get("/notifications/stream")
async def stream_notifications(user_id: int, last_event_id: Annotated[int | None, Header()] = None):
    """Stream real-time notifications

    A client that lost its connection sends the last id it saw, and misses none.
    """

    async def event_generator():
        seen = last_event_id or int(time.time())
        while True:
            notifications = await get_user_notifications(user_id, after=seen)

            for notification in notifications:
                yield {
                    "event": "notification",
                    "id": str(notification.id),
                    "data": json.dumps(notification.model_dump(mode="json")),
                }
                seen = notification.id

            await asyncio.sleep(1)

    return EventSourceResponse(event_generator())


async def get_user_notifications(user_id: int, *, after: int) -> list[Notification]:
    """What is new for the user, oldest first."""
    return [
        Notification(id=second, message=message, time=datetime.fromtimestamp(second, UTC))
        for second, message in happened(user_id, after=after)
    ]
