"""Text: the log of a job, line by line while it runs."""

from typing import Literal, get_args

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from ..data.release import run_release

router = APIRouter()

Level = Literal["debug", "info", "warning", "error"]
LEVELS = get_args(Level)


@router.get("/logs/stream")
async def stream_logs(level: Level = "debug"):
    """Stream the log of a job while it runs, from `level` upwards."""

    async def log_lines():
        async for line in run_release():
            if LEVELS.index(line.level) >= LEVELS.index(level):
                yield f"{line.time:%H:%M:%S} {line.level.upper():<7} {line.message}\n"

    return StreamingResponse(log_lines(), media_type="text/plain")
