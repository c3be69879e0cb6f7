"""Refuses what pages of other sites ask of the API, with the cookies of whoever looks at them."""

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

DETAIL = (
    "Pages of other sites may not ask this. If they are yours, name their origin in ALLOWED_ORIGINS"
)

_ORIGIN = re.compile(r"https?://[^/?#]+")
_POLICY_VIOLATION = 1008


class SameSite:
    """ASGI middleware that answers 403 under `/api` to pages of other sites, WebSockets included.

    They may link here, and those may ask that are `allowed` or that the app's CORSMiddleware names.
    Other clients than browsers send neither header, and carry nobody's cookies.
    """

    def __init__(self, app: ASGIApp, *, owner: FastAPI, allowed: Collection[str]) -> None:
        self.app = app
        self._checks = [check for each in owner.user_middleware for check in _checks(each)]
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or not self._is_refused(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        else:
            await JSONResponse({"detail": DETAIL}, 403)(scope, receive, send)

    def _is_refused(self, scope: Scope) -> bool:
        root = scope.get("root_path", "")
        path = scope["path"].removeprefix(root)
        if not any(f"{each}/".startswith("/api/") for each in (path, root + path)):
            return False
        asked = {name: value.decode("latin-1") for name, value in scope["headers"]}
        if not _is_cross_site(asked) or _is_link(scope, asked):
            return False
        # an image or a script names no origin; nobody can forge the page that it is on
        origin = asked.get(b"origin") or _origin(asked.get(b"referer", ""))
        return origin not in self._allowed and not any(check(origin) for check in self._checks)


def _is_cross_site(asked: dict[bytes, str]) -> bool:
    """By what the browser says itself, https://www.w3.org/TR/fetch-metadata/, where it does: over
    plain http and in old ones there is only the origin, and none for what changes nothing.
    """
    site, origin = asked.get(b"sec-fetch-site"), asked.get(b"origin")
    if site is not None:
        return site == "cross-site"
    return origin is not None and origin.partition("://")[2] != asked.get(b"host", "").lower()


def _is_link(scope: Scope, asked: dict[bytes, str]) -> bool:
    """Whether somebody has come from another site: a login elsewhere leads back here, too."""
    return (
        scope["type"] == "http"
        and scope["method"] in {"GET", "HEAD"}
        and asked.get(b"sec-fetch-mode") == "navigate"
        and asked.get(b"sec-fetch-dest") == "document"
    )


def _origin(address: str) -> str:
    found = _ORIGIN.match(address)
    return found[0] if found else ""


def _checks(middleware: Any) -> Iterator[Callable[[str], bool]]:
    if isinstance(middleware.cls, type) and issubclass(middleware.cls, CORSMiddleware):
        yield middleware.cls(_nothing, *middleware.args, **middleware.kwargs).is_allowed_origin


async def _nothing(*_: object) -> None:
    """Stands where a middleware has its app."""
