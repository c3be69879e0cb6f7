"""The application: `uvicorn backend.main:app` serves it, and so does `fluidkit dev`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from .channel import channels
from .data.documents import delete_archive
from .routes import analytics, chat, files, items, jobs, logs, notifications, sources, welcome
from .run import runs
from .serving import serve


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with channels(), runs():
        yield
    delete_archive()


app = FastAPI(
    docs_url="/api/docs", redoc_url=None, openapi_url="/api/openapi.json", lifespan=lifespan
)

for module in (welcome, notifications, files, analytics, logs, chat, jobs, items, sources):
    app.include_router(module.router, prefix="/api")

serve(app)
