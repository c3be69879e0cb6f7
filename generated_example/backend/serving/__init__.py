"""What every application needs to be served: `serve(app)`, as the last line of `main.py`."""

from fastapi import FastAPI

from .failures import report_failures
from .frontend import serve_frontend


def serve(app: FastAPI) -> None:
    """Adds the built front end to `app`, and lets its streams end honestly.

    Call it after all routes: the front end answers what none of them does.
    """
    serve_frontend(app)
    report_failures(app)
