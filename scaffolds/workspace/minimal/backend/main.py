"""The application: `uvicorn backend.main:app` serves it, and so does `fluidkit dev`."""

from fastapi import FastAPI

from .routes import clock, greetings, readings
from .serving import serve

app = FastAPI(docs_url="/api/docs", redoc_url=None, openapi_url="/api/openapi.json")

for module in (greetings, clock, readings):
    app.include_router(module.router, prefix="/api")

serve(app)
