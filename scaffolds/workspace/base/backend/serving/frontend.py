"""Serves the built front end, when it lies in `static/` beside the application."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from itertools import takewhile
from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import URLPath
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import ASGIApp, Receive, Scope, Send

from .assets import Asset, Form, Moved, RawHeaders, Site, find_assets

STATIC = Path(__file__).parents[2] / "static"
SHELL = "200.html"
"""Answers all addresses that only the browser knows."""

_RANGES = re.compile(r"bytes=((?:\d{1,18}-\d{0,18}|-\d{1,18})(?:\s*,\s*|$))+", re.ASCII)
_BOTH_ENDS = re.compile(r"(\d+)-(\d+)", re.ASCII)
_OF_CONTENT = {b"content-length", b"content-type", b"content-encoding", b"accept-ranges"}


def serve_frontend(app: FastAPI, *, directory: Path = STATIC) -> None:
    """Answers what no route of `app` answers, except under `/api`.

    While you develop there is no such folder, and Vite serves the front end. What the folder holds
    is found out here, once: to serve another build, start again.
    """
    if directory.is_dir():
        routes = app.router.routes
        routes.append(FrontendRoute(find_assets(directory), routes))


class FrontendRoute(BaseRoute):
    """Every address but those of `/api`, which are left to FastAPI: its 404 is JSON."""

    def __init__(self, site: Site, routes: Sequence[BaseRoute]) -> None:
        self._site = site
        self._routes = routes

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http":
            return Match.NONE, {}
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path == "/api" or path.startswith("/api/") or self._is_for_another(scope):
            return Match.NONE, {}
        return Match.FULL, {"frontend_path": path[1:]}

    def url_path_for(self, name: str, /, **path_params: object) -> URLPath:
        raise NoMatchFound(name, path_params)

    def _is_for_another(self, scope: Scope) -> bool:
        """Routes may be added later than this one, which answers what none of them does."""
        later = takewhile(lambda route: route is not self, reversed(self._routes))
        return any(route.matches(scope)[0] is Match.FULL for route in later)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        asked = {name: value.decode("latin-1") for name, value in scope["headers"]}
        if b"range" in asked and not (scope["method"] == "GET" and _is_range(asked[b"range"])):
            del asked[b"range"]
            headers = [each for each in scope["headers"] if each[0] != b"range"]
            scope = {**scope, "headers": headers}
        match _found(self._site, scope["frontend_path"], accept=asked.get(b"accept", "")):
            case None:
                raise _gone()
            case Moved(to):
                answer: ASGIApp = _redirect(to, scope["query_string"])
            case asset:
                answer = await _answer(asset, asked, method=scope["method"])
        await answer(scope, receive, send)


def _is_range(text: str) -> bool:
    """What is none is left out, https://www.rfc-editor.org/rfc/rfc9110#section-14.2"""
    ends = _BOTH_ENDS.findall(text)
    return bool(_RANGES.fullmatch(text)) and all(int(first) <= int(last) for first, last in ends)


def _gone() -> HTTPException:
    """Kept by nobody: the next build may have it."""
    return HTTPException(404, headers={"Cache-Control": "no-store"})


def _found(site: Site, path: str, *, accept: str) -> Asset | Moved | None:
    """A missing asset is none, a missing page is the front end's to tell."""
    found = site.get(path)
    return site.get(SHELL) if found is None and _may_be_page(path, accept) else found


def _may_be_page(path: str, accept: str) -> bool:
    if path.startswith("_app/") or "/." in f"/{path}":
        return False
    # what has no suffix is a page for everybody, also for those who watch whether the site is up
    return "." not in path.rpartition("/")[2] or "text/html" in accept


@dataclass(frozen=True, slots=True)
class Whole:
    """An answer that is sent as it stands."""

    status: int
    headers: RawHeaders
    body: bytes = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # a copy: middleware may add to them
        start = {"type": "http.response.start", "status": self.status, "headers": [*self.headers]}
        await send(start)
        await send({"type": "http.response.body", "body": self.body})


def _redirect(to: str, query: bytes) -> Whole:
    location = to.encode() + (b"?" + query if query else b"")
    kept = [(b"location", location), (b"cache-control", b"no-cache"), (b"content-length", b"0")]
    return Whole(308, kept)


async def _answer(asset: Asset, asked: Mapping[bytes, str], *, method: str) -> ASGIApp:
    is_part = b"range" in asked  # of the file as it is
    form = asset.plain if is_part else asset.form_for(asked.get(b"accept-encoding", ""))
    if form.content is None:
        form = await asyncio.to_thread(_renewed, form)
    if _is_known(form, asked):
        return Whole(304, [each for each in form.headers if each[0] not in _OF_CONTENT])
    if form.content is None or (is_part and await asyncio.to_thread(_is_unchanged, form)):
        headers = {name.decode(): value.decode() for name, value in form.headers}
        return FileResponse(form.path, headers=headers, stat_result=form.status)
    return Whole(200, form.headers, form.content if method == "GET" else b"")


def _renewed(form: Form) -> Form:
    """A large file as it is now: another build may lie there already."""
    try:
        return replace(form, status=form.path.stat())
    except OSError:
        raise _gone() from None


def _is_unchanged(form: Form) -> bool:
    """Of a small file that has changed there is the whole of what it was, and no part."""
    try:
        now = form.path.stat()
    except OSError:
        return False
    return (now.st_mtime_ns, now.st_size) == (form.status.st_mtime_ns, form.status.st_size)


def _is_known(form: Form, asked: Mapping[bytes, str]) -> bool:
    """Whether the client has it already, https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2"""
    if (tags := asked.get(b"if-none-match")) is not None:
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return not known.isdisjoint({"*", form.etag})
    try:
        since = parsedate_to_datetime(asked[b"if-modified-since"])
        return int(form.status.st_mtime) <= since.timestamp()
    except (KeyError, ValueError, OverflowError):
        return False
