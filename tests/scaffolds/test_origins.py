"""`backend/serving/origins.py` of every workspace: what pages of other sites may ask."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, WebSocket
from fastapi.testclient import TestClient
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.websockets import WebSocketDisconnect
from uv import find_uv_bin

from scaffolds.backends import BACKEND, backend_module

serving = backend_module("serving")

OURS = "http://shop.test"
EVIL = "http://evil.example"
PARTNER = "https://partner.example"
LINK = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


class Shop:
    """An app that counts what it was asked, and a browser of it."""

    def __init__(self, **options: Any) -> None:
        self.asked: list[str] = []
        app = FastAPI(**options)

        @app.api_route("/api/items", methods=["GET", "POST"])
        async def items() -> str:
            self.asked.append("items")
            return "asked"

        @app.websocket("/api/socket")
        async def socket(socket: WebSocket) -> None:
            self.asked.append("socket")
            await socket.accept()
            await socket.close()

        serving.serve(app)
        self.app = app
        self.client = TestClient(app, OURS)

    def ask(self, method: str, headers: Mapping[str, str], path: str = "/api/items") -> int:
        """The status; what was refused never came to the route."""
        answer = self.client.request(method, path, headers=headers)
        if answer.status_code == 403:
            assert "ALLOWED_ORIGINS" in answer.json()["detail"]
            assert self.asked == []
        return answer.status_code

    def opens(self, headers: Mapping[str, str]) -> bool:
        try:
            with self.client.websocket_connect("/api/socket", headers=headers):
                return True
        except WebSocketDisconnect as closed:
            assert (closed.code, self.asked) == (1008, [])
            return False


REFUSED: list[tuple[str, dict[str, str]]] = [
    # a form, https://fetch.spec.whatwg.org/#cors-safelisted-request-header
    ("POST", {"Sec-Fetch-Site": "cross-site", "Origin": EVIL, **LINK}),
    ("POST", {"Sec-Fetch-Site": "cross-site", "Origin": "null", **LINK}),
    # an EventSource, fetch() that may read nothing, an image
    ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Origin": EVIL}),
    ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}),
    ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Referer": f"{EVIL}/a"}),
    ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"}),
    (
        "GET",
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    ),
    ("OPTIONS", {"Sec-Fetch-Site": "cross-site", "Origin": EVIL}),
    # over plain http, and in older browsers
    ("POST", {"Origin": EVIL}),
    ("POST", {"Origin": "null"}),
    ("POST", {"Origin": "http://shop.test:8080"}),
    ("POST", {"Origin": "http://shop.test.evil.example"}),
    ("POST", {"Origin": "http://[", "Referer": "http://["}),
    ("GET", {"Origin": EVIL}),
]


@pytest.mark.parametrize(("method", "headers"), REFUSED)
def test_a_page_of_another_site_is_refused(method: str, headers: dict[str, str]) -> None:
    assert Shop().ask(method, headers) == 403


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {}),
        ("GET", {"Cookie": "session=1"}),
        ("POST", {"Sec-Fetch-Site": "same-origin", "Origin": OURS}),
        ("POST", {"Sec-Fetch-Site": "same-origin", "Origin": "null"}),
        ("POST", {"Sec-Fetch-Site": "same-site", "Origin": "http://www.shop.test"}),
        ("POST", {"Sec-Fetch-Site": "none"}),
        ("POST", {"Origin": OURS}),
        # TLS ends in front of us
        ("POST", {"Origin": "https://shop.test"}),
        ("GET", {"Sec-Fetch-Site": "cross-site", **LINK}),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Referer": f"{EVIL}/", **LINK}),
    ],
)
def test_our_own_pages_links_and_programs_are_answered(
    method: str, headers: dict[str, str]
) -> None:
    assert Shop().ask(method, headers) == 200


@pytest.mark.parametrize(
    ("headers", "opens"),
    [
        ({"Origin": EVIL}, False),
        ({"Origin": EVIL, "Sec-Fetch-Site": "cross-site", **LINK}, False),
        ({"Origin": "null"}, False),
        ({"Origin": OURS}, True),
        ({}, True),
    ],
)
def test_a_websocket_is_of_our_own_pages(headers: dict[str, str], opens: bool) -> None:
    assert Shop().opens({"Host": "shop.test", **headers}) == opens


def cors(**options: Any) -> list[Middleware]:
    return [Middleware(CORSMiddleware, allow_methods=["*"], **options)]


ALLOWED = [
    {"allow_origins": [PARTNER]},
    {"allow_origins": ["*"]},
    {"allow_origin_regex": r"https://.*\.example"},
]


@pytest.mark.parametrize("options", ALLOWED)
def test_what_the_app_allows_by_cors_is_let_through(options: dict[str, Any]) -> None:
    shop = Shop(middleware=cors(**options))
    asked = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Origin": PARTNER}
    preflight = {**asked, "Access-Control-Request-Method": "POST"}
    assert shop.ask("OPTIONS", preflight) == 200
    assert shop.ask("POST", asked) == 200
    image = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert shop.ask("GET", {**image, "Referer": f"{PARTNER}/page?x"}) == 200
    assert shop.opens({"Host": "shop.test", "Origin": PARTNER})


def test_what_cors_does_not_allow_stays_refused() -> None:
    shop = Shop(middleware=cors(allow_origins=[PARTNER]))
    assert shop.ask("POST", {"Sec-Fetch-Site": "cross-site", "Origin": EVIL}) == 403


def test_middleware_that_is_added_late_counts_as_well() -> None:
    shop = Shop()
    shop.app.add_middleware(CORSMiddleware, allow_origins=[PARTNER])
    assert shop.ask("POST", {"Sec-Fetch-Site": "cross-site", "Origin": PARTNER}) == 200


def test_origins_can_be_named_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_ORIGINS", f" {PARTNER}/ ,https://login.example")
    form = {"Sec-Fetch-Site": "cross-site", **LINK}
    assert Shop().ask("POST", {**form, "Origin": "https://login.example"}) == 200
    assert Shop().ask("POST", {**form, "Origin": PARTNER}) == 200
    assert Shop().ask("POST", {**form, "Origin": EVIL}) == 403


def test_what_is_not_of_the_api_may_be_shown_anywhere() -> None:
    assert Shop().ask("GET", {"Sec-Fetch-Site": "cross-site"}, "/favicon.svg") == 404


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/items/", "/api/nothing"])
def test_no_path_of_the_api_is_left_out(path: str) -> None:
    assert Shop().ask("GET", {"Sec-Fetch-Site": "cross-site"}, path) == 403


@pytest.fixture(scope="module", params=["0.115.0", "newest"])
def python(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An interpreter with that FastAPI."""
    if request.param == "newest":
        return sys.executable
    environment = tmp_path_factory.mktemp("old")
    python = str(environment / "bin/python")
    uv = [find_uv_bin(), "--quiet"]
    needed = (f"fastapi=={request.param}", "uvicorn")
    for command in (
        ["venv", "--clear", "--python", sys.executable, environment],
        ["pip", "install", "--python", python, *needed],
    ):
        subprocess.run([*uv, *command], check=True, timeout=120)
    return python


# 82 of `tests/cases/adversarial.json`: older ones read JSON that is not called so
def test_no_fastapi_runs_a_route_for_a_form_of_another_site(python: str, tmp_path: Path) -> None:
    shutil.copytree(BACKEND / "serving", tmp_path / "backend/serving")
    program = Path(__file__).parent / "apps/cross_site.py"
    run = subprocess.run(
        [python, program],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = {"refused": [403] * 8, "unmarked": [422] * 3, "ran": 0, "ours": 200}
    assert json.loads(run.stdout) == found


@pytest.mark.parametrize("path", ["/api/orders", "/orders"])
def test_an_app_that_lies_below_api_itself_is_guarded_as_a_whole(path: str) -> None:
    shop = Shop()
    shop.client = TestClient(shop.app, OURS, root_path="/api")

    @shop.app.post("/orders")
    async def order() -> None:
        shop.asked.append("orders")

    assert shop.ask("POST", {"Sec-Fetch-Site": "cross-site", "Origin": EVIL}, path) == 403
    assert shop.ask("POST", {"Sec-Fetch-Site": "same-origin"}, path) == 200
