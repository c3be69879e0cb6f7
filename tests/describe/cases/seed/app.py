import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiofiles
from fastapi import APIRouter, FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from sse_starlette import EventSourceResponse

class Notification(BaseModel):
    id: int
    message: str
class Record(BaseModel):
    name: str
    value: float
async def get_user_notifications(user_id: int) -> list[Notification]: ...
async def get_file_path(file_id: str) -> Path: ...
async def get_analytics_batches() -> AsyncIterator[list[Record]]:
    yield []
router = APIRouter()

@router.get("/notifications/stream")
async def stream_notifications(user_id: int):
    """Stream real-time notifications"""

    async def event_generator():
        while True:
            notifications = await get_user_notifications(user_id)

            for notification in notifications:
                yield {
                    "event": "notification",
                    "data": json.dumps(notification.dict())
                }

            await asyncio.sleep(1)

    return EventSourceResponse(event_generator())

@router.get("/files/{file_id}/download")
async def download_file(file_id: str):
    """Stream file download"""

    file_path = await get_file_path(file_id)

    async def file_streamer():
        async with aiofiles.open(file_path, 'rb') as file:
            while chunk := await file.read(8192):
                yield chunk

    return StreamingResponse(
        file_streamer(),
        media_type='application/octet-stream',
        headers={'Content-Disposition': f'attachment; filename="{file_path.name}"'}
    )

@router.get("/analytics/stream")
async def stream_analytics_data():
    """Stream large analytics dataset"""

    async def data_generator():
        async for batch in get_analytics_batches():
            for record in batch:
                yield json.dumps(record.dict()) + '\n'

    return StreamingResponse(
        data_generator(),
        media_type='application/x-ndjson'
    )

@router.get("/logs")
async def logs():
    async def lines():
        async with aiofiles.open("x.log") as file:
            async for line in file:
                yield line
    return StreamingResponse(lines(), media_type="text/plain")

app = FastAPI()
app.include_router(router, prefix="/api")
