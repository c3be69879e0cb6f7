"""Who asks, by a cookie: what stands for users here, until you have some."""

import re
import secrets
from typing import Annotated

from fastapi import Cookie, Depends, Request, Response


def visitor_of(request: Request, response: Response, visitor: Annotated[str, Cookie()] = "") -> str:
    """An id that nobody else can know. Whoever brings none gets one with the answer."""
    if not re.fullmatch(r"[\w-]{22}", visitor, re.ASCII):
        visitor = secrets.token_urlsafe(16)
        is_secure = request.url.scheme == "https"
        response.set_cookie("visitor", visitor, httponly=True, samesite="lax", secure=is_secure)
    return visitor


Visitor = Annotated[str, Depends(visitor_of)]
