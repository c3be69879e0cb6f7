"""`backend/serving/frontend.py` of every workspace: the built front end, served by FastAPI."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from fluidkit_cli.templates import scaffolds_folder

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SITE = {
    "200.html": "<p>shell</p>",
    "about.html": "<p>about</p>",
    "guide/index.html": "<p>guide</p>",
    "favicon.svg": "<svg/>",
    "_app/version.json": "{}",
    "_app/immutable/app.js": "console.log(1)",
    "_app/immutable/app.js.br": "brotli",
    "_app/immutable/app.js.gz": "gzip",
}


@pytest.fixture(scope="module")
def frontend() -> ModuleType:
    file = scaffolds_folder() / "workspace/base/backend/serving/frontend.py"
    spec = importlib.util.spec_from_file_location("frontend_of_a_workspace", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name, text in SITE.items():
        file = tmp_path / "static" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return tmp_path / "static"


@pytest.fixture
def client(frontend: ModuleType, site: Path) -> TestClient:
    app = FastAPI()

    @app.get("/api/items")
    def items() -> list[str]:
        return ["one"]

    frontend.serve_frontend(app, directory=site)
    return TestClient(app, headers={"Accept-Encoding": "identity"})


def test_the_api_answers_before_the_front_end(client: TestClient) -> None:
    assert client.get("/api/items").json() == ["one"]


@pytest.mark.parametrize("path", ["/", "/items/7", "/deep/er?tab=1", "/200.html"])
def test_a_page_that_only_the_browser_knows_is_the_shell(client: TestClient, path: str) -> None:
    response = client.get(path, headers=PAGE)
    assert (response.status_code, response.text) == (200, "<p>shell</p>")
    assert response.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/about", "/about.html", "/about/", "/guide", "/guide/"])
def test_a_prerendered_page_is_itself(client: TestClient, path: str) -> None:
    name = path.strip("/").removesuffix(".html")
    assert client.get(path, headers=PAGE).text == f"<p>{name}</p>"


def test_a_page_is_not_kept_for_ever_because_of_its_address(client: TestClient) -> None:
    response = client.get("/x/_app/immutable/y", headers=PAGE)
    assert (response.text, response.headers["cache-control"]) == ("<p>shell</p>", "no-cache")


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/api/nothing/deep"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_the_api_does_not_know_is_a_404_in_json(
    client: TestClient, method: str, path: str
) -> None:
    response = client.request(method, path, headers=PAGE)
    assert (response.status_code, response.json()) == (404, {"detail": "Not Found"})


@pytest.mark.parametrize("path", ["/", "/items/7", "/%00", "/" + "a" * 300])
def test_a_page_answers_those_too_who_take_anything(client: TestClient, path: str) -> None:
    assert client.get(path).text == "<p>shell</p>"


def test_a_wrong_method_stays_what_fastapi_says(client: TestClient) -> None:
    assert client.post("/api/items").status_code == 405


def test_a_path_that_only_begins_like_the_api_is_a_page(client: TestClient) -> None:
    assert client.get("/apis", headers=PAGE).text == "<p>shell</p>"


@pytest.mark.parametrize("path", ["/_app/immutable/gone.js", "/_app/gone"])
def test_a_missing_asset_is_a_404_even_for_a_navigation(client: TestClient, path: str) -> None:
    assert client.get(path, headers=PAGE).status_code == 404


def test_a_missing_file_that_is_no_navigation_is_a_404(client: TestClient) -> None:
    assert client.get("/gone.png", headers={"Accept": "image/*"}).status_code == 404


def test_assets_with_a_hash_in_their_name_are_kept_for_ever(client: TestClient) -> None:
    response = client.get("/_app/immutable/app.js")
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("path", ["/", "/about", "/favicon.svg", "/_app/version.json"])
def test_all_else_is_asked_for_again_and_not_sent_again(client: TestClient, path: str) -> None:
    first = client.get(path, headers=PAGE)
    assert first.headers["cache-control"] == "no-cache"
    again = client.get(path, headers={**PAGE, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize(
    ("accepted", "coding", "body"),
    [
        ("gzip, deflate, br", "br", "brotli"),
        ("gzip", "gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip", "gzip"),
        ("gzip;q=0", None, "console.log(1)"),
        ("zstd", None, "console.log(1)"),
        ("", None, "console.log(1)"),
    ],
)
def test_the_smallest_accepted_coding_is_sent(
    client: TestClient, accepted: str, coding: str | None, body: str
) -> None:
    headers = {"Accept-Encoding": accepted}
    with client.stream("GET", "/_app/immutable/app.js", headers=headers) as response:
        raw = b"".join(response.iter_raw()).decode()
    assert (response.headers.get("content-encoding"), raw) == (coding, body)
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["vary"] == "accept-encoding"


def test_codings_do_not_share_an_etag(client: TestClient) -> None:
    tags = set()
    for coding in ("br", "gzip", "identity"):
        response = client.head("/_app/immutable/app.js", headers={"Accept-Encoding": coding})
        tags.add(response.headers["etag"])
    assert len(tags) == 3


def test_a_range_is_cut_from_the_file_itself(client: TestClient) -> None:
    headers = {"Accept-Encoding": "br", "Range": "bytes=0-6"}
    response = client.get("/_app/immutable/app.js", headers=headers)
    assert (response.status_code, response.text) == (206, "console")


def test_head_answers_without_a_body(client: TestClient) -> None:
    response = client.head("/favicon.svg")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-length"] == "6"


def test_a_page_takes_no_post(client: TestClient) -> None:
    assert client.post("/about", headers=PAGE).status_code == 405


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt"])
def test_nothing_outside_the_folder_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_without_a_build_only_the_api_is_there(frontend: ModuleType, tmp_path: Path) -> None:
    app = FastAPI()
    frontend.serve_frontend(app, directory=tmp_path / "static")
    assert TestClient(app).get("/", headers=PAGE).json() == {"detail": "Not Found"}
