"""JSON and a cookie, which reach the browser when the page is drawn on the server, too."""

import platform
from datetime import UTC, datetime
from typing import Annotated

import fastapi
from fastapi import APIRouter, Cookie, Response
from pydantic import BaseModel

router = APIRouter()


class Welcome(BaseModel):
    visits: int
    python: str
    fastapi: str
    time: datetime


@router.get("/welcome")
async def read_welcome(response: Response, visits: Annotated[str, Cookie()] = "") -> Welcome:
    """Count the visits of this browser."""
    # whatever a cookie holds, somebody else may have written it
    before = int(visits) if visits.isascii() and visits.isdecimal() and len(visits) < 10 else 0
    response.set_cookie("visits", str(before + 1), httponly=True, samesite="lax")
    return Welcome(
        visits=before + 1,
        python=platform.python_version(),
        fastapi=fastapi.__version__,
        time=datetime.now(UTC),
    )
