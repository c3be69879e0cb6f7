"""Downloads: a file in chunks, with its name and its size, however large it is."""

import asyncio
from pathlib import Path

import aiofiles
from fastapi import APIRouter, HTTPException
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from ..data.documents import stored_documents
from ..problems import Problem
from ..serving.downloads import attachment

router = APIRouter()


class StoredFile(BaseModel):
    id: str
    name: str
    size: int


@router.get("/files")
def list_files() -> list[StoredFile]:
    """List what can be downloaded."""
    return [
        StoredFile(id=file_id, name=path.name, size=path.stat().st_size)
        for file_id, path in stored_documents().items()
    ]


@router.get("/files/{file_id}/download", responses={404: {"model": Problem}})
async def download_file(file_id: str):
    """Stream file download"""

    file_path = await get_file_path(file_id)

    async def file_streamer():
        async with aiofiles.open(file_path, "rb") as file:
            while chunk := await file.read(8192):
                yield chunk

    return StreamingResponse(
        file_streamer(),
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": attachment(file_path.name),
            "Content-Length": str(file_path.stat().st_size),
        },
    )


async def get_file_path(file_id: str) -> Path:
    """Where the file lies; an id that is not known is a 404, which is typed in TypeScript too."""
    documents = await asyncio.to_thread(stored_documents)
    if file_id not in documents:
        raise HTTPException(404, f"There is no file {file_id}")
    return documents[file_id]
