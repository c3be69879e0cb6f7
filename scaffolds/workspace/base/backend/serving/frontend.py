"""Serves the built front end, when it lies in `static/` beside the application."""

import os
from pathlib import Path, PurePosixPath

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.routing import Match, Mount
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parents[2] / "static"
COMPRESSED = {"br": ".br", "gzip": ".gz"}  # in order of preference, as the build writes them


def serve_frontend(app: FastAPI, *, directory: Path = STATIC) -> None:
    """Answers what no route of `app` answers, except under `/api`.

    Call it last. While you develop there is no such folder, and Vite serves the front end.
    """
    if directory.is_dir():
        app.router.routes.append(FrontendRoute("/", FrontendFiles(directory=directory)))


class FrontendRoute(Mount):
    """Leaves `/api` to FastAPI, whose 404 is JSON."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if scope["type"] != "http" or path == "/api" or path.startswith("/api/"):
            return Match.NONE, {}
        return super().matches(scope)


class FrontendFiles(StaticFiles):
    """Assets, prerendered pages, and one page for all addresses that only the browser knows."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        for candidate in _candidates(path, Headers(scope=scope)):
            try:
                return await super().get_response(candidate, scope)
            except HTTPException as error:
                if error.status_code != 404:
                    raise
        raise HTTPException(404)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        asked, file = Headers(scope=scope), Path(full_path)
        headers = {"cache-control": _caching(file)}
        if coding := _coding(file, asked):
            file = file.with_name(file.name + COMPRESSED[coding])
            headers["content-encoding"] = coding
        headers["vary"] = "accept-encoding"
        response = FileResponse(file, status_code, headers, stat_result=file.stat())
        if self.is_not_modified(response.headers, asked):
            return NotModifiedResponse(response.headers)
        return response


def _candidates(path: str, asked: Headers) -> list[str]:
    """The files that may answer; a missing asset is a 404, a missing page the front end's."""
    if path == ".":
        return ["index.html", "200.html"]
    # what has no suffix is a page for everybody, also for those who watch whether the site is up
    page = "text/html" in asked.get("accept", "") or not PurePosixPath(path).suffix
    fallback = ["200.html"] if page and not path.startswith("_app/") else []
    return [path, f"{path}.html", f"{path}/index.html", *fallback]


def _caching(file: Path) -> str:
    """The names of immutable assets hold a hash of their content; all else is asked for again."""
    immutable = "/_app/immutable/" in file.as_posix()
    return "public, max-age=31536000, immutable" if immutable else "no-cache"


def _coding(file: Path, asked: Headers) -> str | None:
    """How to send the file: None for as it is, which a range of it needs."""
    if "range" in asked:
        return None
    parts = (part.split(";") for part in asked.get("accept-encoding", "").split(","))
    accepted = {part[0].strip() for part in parts if "q=0" not in "".join(part[1:]).split()}
    for coding, suffix in COMPRESSED.items():
        if coding in accepted and file.with_name(file.name + suffix).is_file():
            return coding
    return None
