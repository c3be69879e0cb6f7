"""The application: `uvicorn backend.main:app` serves it, and so does `fluidkit dev`."""

from fastapi import FastAPI

from .failures import report_failures
from .frontend import serve_frontend
from .routes import clock, greetings, readings

app = FastAPI(docs_url="/api/docs", redoc_url=None, openapi_url="/api/openapi.json")

for module in (greetings, clock, readings):
    app.include_router(module.router, prefix="/api")

serve_frontend(app)
report_failures(app)
