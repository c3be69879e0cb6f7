"""The template's application, with routes that show which worker answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from .channel import channels
from .routes import clock, greetings, probe, readings
from .serving import serve


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with channels():
        yield


app = FastAPI(lifespan=lifespan)
for module in (greetings, clock, readings, probe):
    app.include_router(module.router, prefix="/api")

serve(app)
