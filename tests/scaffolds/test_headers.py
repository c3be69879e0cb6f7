"""`backend/serving/headers.py` of every workspace: what browsers are told of each answer."""

import re

import pytest
from fastapi import FastAPI
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response
from fastapi.testclient import TestClient

from fluidkit_cli.templates import scaffolds_folder
from scaffolds.backends import backend_module

serving = backend_module("serving")
headers = backend_module("serving.headers")

FRONT = scaffolds_folder() / "workspace/modes/ssr/frontend/server/headers.js"


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI(docs_url="/api/docs")

    @app.get("/api/items")
    def items() -> list[str]:
        return ["one"]

    @app.get("/api/fails")
    def fails() -> None:
        raise RuntimeError("canary")

    @app.get("/api/framed")
    def framed() -> JSONResponse:
        own = {"X-Frame-Options": "DENY", "Content-Security-Policy": "default-src 'none'"}
        return JSONResponse({}, headers=own)

    @app.get("/api/file")
    def file(name: str) -> Response:
        return Response(b"", headers={"Content-Disposition": f'attachment; filename="{name}"'})

    @app.get("/api/stored")
    def stored(name: str) -> FileResponse:
        return FileResponse(__file__, filename=name)

    @app.get("/api/said")
    def said(value: str) -> Response:
        return Response(b"", headers={"X-Said": value})

    @app.get("/api/sent")
    def sent(to: str) -> RedirectResponse:
        return RedirectResponse(to)

    @app.get("/api/folder/")
    def folder() -> None:
        pass

    serving.serve(app)
    return app


def client_of(app: FastAPI, base: str = "http://shop.test") -> TestClient:
    return TestClient(app, base, raise_server_exceptions=False)


@pytest.mark.parametrize(
    "path", ["/api/items", "/api/nothing", "/api/fails", "/api/docs", "/healthz", "/page"]
)
def test_every_answer_has_them(app: FastAPI, path: str) -> None:
    answer = client_of(app).get(path).headers
    assert {name: answer.get_list(name) for name in headers.SECURITY_HEADERS} == {
        name: [value] for name, value in headers.SECURITY_HEADERS.items()
    }
    assert "strict-transport-security" not in answer


def test_a_route_that_says_its_own_is_heard(app: FastAPI) -> None:
    answer = client_of(app).get("/api/framed").headers
    assert answer.get_list("x-frame-options") == ["DENY"]
    assert answer.get_list("content-security-policy") == ["default-src 'none'"]
    assert answer["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("base", "is_told"),
    [
        ("https://shop.test", True),
        ("https://shop.test:8443", True),
        ("https://localhost.test", True),
        ("http://shop.test", False),
        ("https://localhost", False),
        ("https://localhost:8443", False),
        ("https://shop.localhost", False),
    ],
)
def test_who_came_by_https_always_comes_so(app: FastAPI, base: str, is_told: bool) -> None:
    answer = client_of(app, base).get("/api/items").headers
    assert ("strict-transport-security" in answer) == is_told


def test_the_front_server_says_the_same() -> None:
    text = FRONT.read_text(encoding="utf-8")
    said = dict(re.findall(r"""^\t\t'([\w-]+)': (?:'|")(.*?)(?:'|"),?$""", text, re.MULTILINE))
    assert said == headers.SECURITY_HEADERS
    assert f"'{headers.HTTPS_ONLY}'" in text


# the attacks 85, 86, 88 and 89 of `tests/cases/adversarial.json`
@pytest.mark.parametrize("route", ["file", "stored"])
@pytest.mark.parametrize(
    "name", ["a\r\nX-Evil: 1", 'a"; x="', "..\\..\\x", "../../x", "con.txt", "n" * 4096]
)
def test_what_a_file_is_called_is_mended_on_its_way(app: FastAPI, route: str, name: str) -> None:
    answer = client_of(app).get(f"/api/{route}", params={"name": name}).headers
    (header,) = answer.get_list("content-disposition")
    assert re.fullmatch(r'attachment; filename="[\w .;=-]{1,255}"', header)
    assert "x-evil" not in answer
    assert answer["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\0b", "a\x7f"])
def test_what_no_header_can_say_is_said_by_none(app: FastAPI, value: str) -> None:
    with pytest.raises(ValueError, match="x-said cannot be sent as"):
        TestClient(app).get("/api/said", params={"value": value})


@pytest.mark.parametrize(
    ("to", "location"),
    [
        ("http://evil.example/x", "/x"),
        ("http://evil.example//other.example", "http://evil.example//other.example"),
        ("http://evil.example/", "/"),
        ("http://evil.example", "http://evil.example"),
        ("https://evil.example/x", "https://evil.example/x"),
        ("http://evil.example.com/x", "http://evil.example.com/x"),
        ("http://shop.test/x", "http://shop.test/x"),
        ("//other.example/x", "//other.example/x"),
        ("x", "x"),
    ],
)
def test_nobody_is_sent_to_a_host_that_the_client_made_up(
    app: FastAPI, to: str, location: str
) -> None:
    client = client_of(app, "http://evil.example")
    asked = client.get("/api/sent", params={"to": to}, follow_redirects=False)
    assert asked.headers["location"] == location
    asked = client.get("/api/folder?a=//b", follow_redirects=False)
    assert asked.headers["location"] == "/api/folder/?a=//b"
