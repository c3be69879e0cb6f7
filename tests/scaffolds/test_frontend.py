"""`backend/serving/frontend.py` of every workspace: the built front end, served by FastAPI."""

import os
import re
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from types import ModuleType

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scaffolds.backends import backend_module

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SITE = {
    "200.html": "<p>shell</p>",
    "about.html": "<p>about</p>",
    "guide/index.html": "<p>guide</p>",
    "favicon.svg": "<svg/>",
    ".well-known/security.txt": "Contact: us",
    "_app/version.json": "{}",
    "_app/immutable/app.js": "console.log(1)",
    "_app/immutable/app.js.br": "brotli",
    "_app/immutable/app.js.gz": "gzip",
}


@pytest.fixture(scope="module")
def frontend() -> ModuleType:
    return backend_module("serving.frontend")


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
    return served(frontend, site)


def served(frontend: ModuleType, site: Path) -> TestClient:
    app = FastAPI()

    @app.get("/api/items")
    def items() -> list[str]:
        return ["one"]

    frontend.serve_frontend(app, directory=site)
    return TestClient(app, "http://site.test", headers={"Accept-Encoding": "identity"})


def test_the_api_answers_before_the_front_end(client: TestClient) -> None:
    assert client.get("/api/items").json() == ["one"]


def test_routes_may_be_added_later(client: TestClient) -> None:
    app = client.app
    assert isinstance(app, FastAPI)

    @app.post("/late")
    def late() -> str:
        return "late"

    assert client.post("/late").json() == "late"
    assert client.get("/late", headers=PAGE).text == "<p>shell</p>"
    inner = FastAPI()
    app.mount("/inner", inner)
    assert client.get("/inner/", headers=PAGE).json() == {"detail": "Not Found"}


@pytest.mark.parametrize("path", ["/", "/items/7", "/deep/er?tab=1", "/200.html"])
def test_a_page_that_only_the_browser_knows_is_the_shell(client: TestClient, path: str) -> None:
    response = client.get(path, headers=PAGE)
    assert (response.status_code, response.text) == (200, "<p>shell</p>")
    assert response.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/about", "/about.html", "/guide/", "/guide/index.html"])
def test_a_prerendered_page_is_itself(client: TestClient, path: str) -> None:
    response = client.get(path, headers=PAGE, follow_redirects=False)
    assert (response.status_code, response.text[3:8]) == (200, path[1:6])


# what is relative in a page is so to where it was prerendered
@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/about/", "../about"),
        ("/about/?tab=1&x=%0d%0a", "../about?tab=1&x=%0d%0a"),
        ("/guide", "./guide/"),
        ("/deep/er", "./er/"),
        ("/odd:%20name/", "../odd%3A%20name"),
    ],
)
def test_a_slash_too_many_or_too_few_is_mended(
    client: TestClient, site: Path, frontend: ModuleType, path: str, location: str
) -> None:
    for name in ("deep/er/index.html", "odd: name.html"):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text("page", encoding="utf-8")
    response = served(frontend, site).get(path, headers=PAGE, follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (308, location)
    assert response.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/",
        "//evil.example/about/",
        "//about/",
        "/%2f/about/",
        "/\\evil.example/",
        "/%5cevil.example/",
        "//evil.example/%2e%2e/about/",
        "/.//evil.example/guide",
    ],
)
def test_no_path_leads_to_another_site(client: TestClient, path: str) -> None:
    response = client.get(f"http://site.test{path}", headers=PAGE, follow_redirects=False)
    assert response.status_code in {200, 404}
    assert "location" not in response.headers


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
        ("gzip, deflate, br, zstd", "br", "brotli"),
        ("gzip", "gzip", "gzip"),
        ("GZIP", "gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip", "gzip"),
        ("br;q=0.000,gzip ; q=0.001", "gzip", "gzip"),
        ("br;q=0.2, gzip;q=0.9", "gzip", "gzip"),
        ("br;q=0.9, gzip", "gzip", "gzip"),
        ("*", "br", "brotli"),
        ("*;q=0.1, br;q=0", "gzip", "gzip"),
        ("identity, br;q=0.5", None, "console.log(1)"),
        ("identity;q=0.5, br;q=0.4, gzip;q=0.3", None, "console.log(1)"),
        ("identity;q=0, br;q=0.4", "br", "brotli"),
        ("*;q=0", None, "console.log(1)"),
        ("gzip;q=0", None, "console.log(1)"),
        ("brotli, x", None, "console.log(1)"),
        ("br;q=many, ;;, =", None, "console.log(1)"),
        ("zstd", None, "console.log(1)"),
        ("", None, "console.log(1)"),
    ],
)
def test_the_coding_that_is_liked_best_is_sent(
    client: TestClient, accepted: str, coding: str | None, body: str
) -> None:
    headers = {"Accept-Encoding": accepted}
    with client.stream("GET", "/_app/immutable/app.js", headers=headers) as response:
        raw = b"".join(response.iter_raw()).decode()
    assert (response.headers.get("content-encoding"), raw) == (coding, body)
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["vary"] == "accept-encoding"


def test_what_is_not_compressed_varies_by_nothing(client: TestClient) -> None:
    assert "vary" not in client.get("/favicon.svg").headers


def test_codings_do_not_share_an_etag(client: TestClient) -> None:
    tags = set()
    for coding in ("br", "gzip", "identity"):
        response = client.head("/_app/immutable/app.js", headers={"Accept-Encoding": coding})
        tags.add(response.headers["etag"])
    assert len(tags) == 3
    assert all(re.fullmatch(r'"[\w-]+"', tag) for tag in tags), "a strong one"


def test_an_etag_is_the_same_on_every_machine_that_has_the_build(
    client: TestClient, frontend: ModuleType, site: Path
) -> None:
    os.utime(site / "favicon.svg", (1, 1))
    elsewhere = served(frontend, site)
    assert (
        elsewhere.get("/favicon.svg").headers["etag"] == client.get("/favicon.svg").headers["etag"]
    )


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("{etag}", 304),
        ("W/{etag}", 304),
        ('"other", W/{etag}', 304),
        ("*", 304),
        ('"other"', 200),
        ("", 200),
        ("{etag}x", 200),
    ],
)
def test_what_the_client_has_is_not_sent_again(
    client: TestClient, condition: str, status: int
) -> None:
    etag = client.get("/favicon.svg").headers["etag"]
    # which counts for nothing beside the other
    since = {"If-Modified-Since": formatdate(usegmt=True)} if status == 200 else {}
    headers = {"If-None-Match": condition.format(etag=etag), **since}
    response = client.get("/favicon.svg", headers=headers)
    assert response.status_code == status
    assert response.headers["etag"] == etag


@pytest.mark.parametrize(
    ("since", "status"),
    [
        (100.0, 304),
        (0.0, 304),
        (-100.0, 200),
    ],
)
def test_what_has_not_changed_since_is_not_sent_again(
    client: TestClient, site: Path, since: float, status: int
) -> None:
    modified = (site / "favicon.svg").stat().st_mtime
    headers = {"If-Modified-Since": formatdate(modified + since, usegmt=True)}
    assert client.get("/favicon.svg", headers=headers).status_code == status


@pytest.mark.parametrize(
    "since", ["yesterday", "", "Mon, 99 Foo 2020", "Thu, 01 Jan 9999999 00:00"]
)
def test_a_date_that_is_none_is_no_condition(client: TestClient, since: str) -> None:
    response = client.get("/favicon.svg", headers={"If-Modified-Since": since})
    assert response.status_code == 200


def test_an_answer_without_content_has_no_headers_of_one(client: TestClient) -> None:
    headers = {"If-None-Match": "*", "Accept-Encoding": "br"}
    response = client.get("/_app/immutable/app.js", headers=headers)
    assert response.status_code == 304
    assert set(response.headers) == {"cache-control", "vary", "last-modified", "etag"}


@pytest.mark.parametrize(
    ("asked", "status", "content_range", "body"),
    [
        ("bytes=0-6", 206, "bytes 0-6/14", "console"),
        ("bytes=8-", 206, "bytes 8-13/14", "log(1)"),
        ("bytes=-3", 206, "bytes 11-13/14", "(1)"),
        ("bytes=8-999", 206, "bytes 8-13/14", "log(1)"),
        ("bytes=-999", 206, "bytes 0-13/14", "console.log(1)"),
        ("bytes=14-", 416, "bytes */14", None),
        ("bytes=99-100", 416, "bytes */14", None),
        ("items=0-6", 200, None, "console.log(1)"),
        ("bytes=a-b", 200, None, "console.log(1)"),
        ("bytes=-", 200, None, "console.log(1)"),
        ("bytes=5-2", 200, None, "console.log(1)"),
        ("bytes=0-1,", 206, "bytes 0-1/14", "co"),
        ("bytes=0-1 2-3", 200, None, "console.log(1)"),
        (f"bytes={'9' * 5000}-", 200, None, "console.log(1)"),
        ("bytes", 200, None, "console.log(1)"),
        ("bytes=٣-٤", 200, None, "console.log(1)"),
    ],
)
def test_a_range_is_cut_from_the_file_itself(
    client: TestClient, asked: str, status: int, content_range: str | None, body: str | None
) -> None:
    headers = [(b"Accept-Encoding", b"br"), (b"Range", asked.encode())]
    with client.stream("GET", "/_app/immutable/app.js", headers=headers) as response:
        raw = b"".join(response.iter_raw()).decode("latin-1")
    assert (response.status_code, response.headers.get("content-range")) == (status, content_range)
    if status == 206:
        assert (raw, "content-encoding" in response.headers) == (body, False)


def test_several_ranges_are_several_parts(client: TestClient) -> None:
    headers = {"Range": "bytes=0-2,-3"}
    response = client.get("/_app/immutable/app.js", headers=headers)
    kind, _, boundary = response.headers["content-type"].partition("; boundary=")
    assert (response.status_code, kind) == (206, "multipart/byteranges")
    parts = [part.split("\r\n\r\n") for part in response.text.split(f"--{boundary}")]
    assert [body.strip() for _, body in parts[1:-1]] == ["con", "(1)"]
    assert "Content-Range: bytes 11-13/14" in parts[2][0]
    assert int(response.headers["content-length"]) == len(response.content)


@pytest.mark.parametrize(
    ("condition", "status"),
    [("{etag}", 206), ("{modified}", 206), ("W/{etag}", 200), ('"other"', 200)],
)
def test_a_range_is_of_what_the_client_has_the_rest_of(
    client: TestClient, condition: str, status: int
) -> None:
    whole = client.get("/_app/immutable/app.js").headers
    valid = condition.format(etag=whole["etag"], modified=whole["last-modified"])
    headers = {"Range": "bytes=0-1", "If-Range": valid}
    assert client.get("/_app/immutable/app.js", headers=headers).status_code == status


@pytest.mark.parametrize("path", ["/favicon.svg", "/about", "/_app/immutable/app.js", "/items/7"])
def test_head_tells_what_get_would(client: TestClient, path: str) -> None:
    for coding in ("br", "identity"):
        headers = {"Accept-Encoding": coding, "Range": "bytes=0-1"}
        head = client.head(path, headers=headers)
        with client.stream("GET", path, headers={"Accept-Encoding": coding}) as get:
            length = len(b"".join(get.iter_raw()))
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers == get.headers
        assert int(head.headers["content-length"]) == length


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ["/about", "/", "/favicon.svg", "/gone.png", "/items/7"])
def test_a_page_is_only_read(client: TestClient, method: str, path: str) -> None:
    response = client.request(method, path, headers=PAGE)
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")
    assert response.json() == {"detail": "Method Not Allowed"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.mjs", "text/javascript; charset=utf-8"),
        ("a.css", "text/css; charset=utf-8"),
        ("a.json", "application/json"),
        ("a.wasm", "application/wasm"),
        ("a.woff2", "font/woff2"),
        ("a.webp", "image/webp"),
        ("a.svg", "image/svg+xml"),
        ("a.webmanifest", "application/manifest+json"),
        ("a.tar.gz", "application/octet-stream"),
        ("a.unknown", "application/octet-stream"),
        ("LICENSE", "application/octet-stream"),
    ],
)
def test_a_type_is_the_same_on_every_machine(
    frontend: ModuleType, tmp_path: Path, name: str, kind: str
) -> None:
    (tmp_path / name).touch()
    response = served(frontend, tmp_path).get(f"/{name}")
    assert response.headers["content-type"] == kind


ODD = [
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/..%5csecret.txt",
    "/_app/../../secret.txt",
    "/....//secret.txt",
    "/.%00./secret.txt",
    "/favicon.svg%00.txt",
    "/favicon.svg/..%2f..%2fsecret.txt",
    "//etc/passwd.txt",
    "/c:/secret.txt",
    "/con.txt",
    "/favicon.svg::$DATA.txt",
    "/FAVICON.SVG",
    "/favicon.svg.",
    "/.env",
    "/.git/config",
    "/linked.txt",
    "/folder/secret.txt",
]


@pytest.mark.parametrize("path", ODD)
def test_nothing_outside_the_folder_is_served(
    frontend: ModuleType, site: Path, tmp_path: Path, path: str
) -> None:
    (site / "linked.txt").symlink_to(tmp_path / "secret.txt")
    (site / "folder").symlink_to(tmp_path)
    assert served(frontend, site).get(path).status_code == 404


def test_a_link_to_another_file_of_the_site_is_that_file(frontend: ModuleType, site: Path) -> None:
    (site / "logo.svg").symlink_to("favicon.svg")
    assert served(frontend, site).get("/logo.svg").text == SITE["favicon.svg"]


def test_a_hidden_file_that_was_built_is_served(client: TestClient) -> None:
    assert client.get("/.well-known/security.txt").text == "Contact: us"
    assert client.get("/.well-known/other", headers=PAGE).status_code == 404


def test_a_missing_asset_is_kept_by_no_cache(client: TestClient) -> None:
    response = client.get("/_app/immutable/gone.js")
    assert response.headers["cache-control"] == "no-store"
    assert response.json() == {"detail": "Not Found"}


def replaced(site: Path) -> None:
    """As `fluidkit build` does it, under a server that runs."""
    site.rename(site.with_name("last"))
    site.mkdir()
    (site / "200.html").write_text("<p>new</p>", encoding="utf-8")
    (site / "_app/immutable").mkdir(parents=True)
    (site / "_app/immutable/app.js").write_text("other", encoding="utf-8")


def shortened(site: Path) -> None:
    for file in (site / "200.html", site / "_app/immutable/app.js"):
        file.write_text("x", encoding="utf-8")


def removed(site: Path) -> None:
    for name in ("200.html", "_app/immutable/app.js"):
        (site / name).unlink()


@pytest.mark.parametrize("change", [replaced, shortened, removed])
def test_the_build_that_was_started_is_served_to_the_end(
    client: TestClient, site: Path, change: Callable[[Path], None]
) -> None:
    change(site)
    assert client.get("/", headers=PAGE).text == "<p>shell</p>"
    assert client.get("/_app/immutable/app.js").text == "console.log(1)"
    # of which there may be no part, but never one of something else
    part = client.get("/_app/immutable/app.js", headers={"Range": "bytes=0-1"})
    assert (part.status_code, part.text) == (200, "console.log(1)")


@pytest.fixture
def large(frontend: ModuleType, site: Path) -> TestClient:
    """A client of a site with a film, which is not kept in memory."""
    (site / "film.mp4").write_bytes(b"0123456789" * 100_000)
    return served(frontend, site)


def test_a_large_file_has_everything_that_a_small_one_has(large: TestClient) -> None:
    whole = large.get("/film.mp4")
    assert (whole.status_code, len(whole.content)) == (200, 1_000_000)
    assert whole.headers["content-type"] == "video/mp4"
    again = large.get("/film.mp4", headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    part = large.get("/film.mp4", headers={"Range": "bytes=500003-500005"})
    assert (part.status_code, part.content) == (206, b"345")
    assert part.headers["etag"] == whole.headers["etag"]
    assert int(large.head("/film.mp4").headers["content-length"]) == 1_000_000


@pytest.mark.parametrize("asked", ["items=0-1", "bytes=5-2", "bytes=-", "bytes=a-b"])
def test_what_is_no_range_of_a_large_file_is_left_out(large: TestClient, asked: str) -> None:
    assert large.get("/film.mp4", headers={"Range": asked}).status_code == 200
    assert large.head("/film.mp4", headers={"Range": "bytes=0-1"}).status_code == 200


def test_a_large_file_that_has_changed_is_another_one(large: TestClient, site: Path) -> None:
    before = large.get("/film.mp4").headers["etag"]
    (site / "film.mp4").write_bytes(b"new" * 200_000)
    after = large.get("/film.mp4", headers={"Range": "bytes=0-2", "If-Range": before})
    assert (after.status_code, len(after.content)) == (200, 600_000)
    assert after.headers["etag"] != before


def test_a_large_file_that_has_gone_is_a_404(large: TestClient, site: Path) -> None:
    (site / "film.mp4").unlink()
    response = large.get("/film.mp4")
    assert (response.status_code, response.json()) == (404, {"detail": "Not Found"})


def test_memory_is_bounded_and_small_files_come_first(
    frontend: ModuleType, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assets = backend_module("serving.assets")
    monkeypatch.setattr(assets, "KEPT_BYTES_IN_ALL", len("{}gzipbrotli<svg/>"))
    found = assets.find_assets(site)
    assert found["favicon.svg"].plain.content == b"<svg/>"
    assert found["200.html"].plain.content is None
    assert served(frontend, site).get("/", headers=PAGE).text == "<p>shell</p>"


def test_a_site_below_a_prefix_is_the_same(frontend: ModuleType, site: Path) -> None:
    outer = FastAPI()
    app = FastAPI()
    frontend.serve_frontend(app, directory=site)
    outer.mount("/shop", app)
    client = TestClient(outer)
    assert client.get("/shop/favicon.svg").text == "<svg/>"
    assert client.get("/shop/about/", headers=PAGE).url.path == "/shop/about"
    assert client.get("/shop/api/nothing").status_code == 404


def test_without_a_build_only_the_api_is_there(frontend: ModuleType, tmp_path: Path) -> None:
    app = FastAPI()
    frontend.serve_frontend(app, directory=tmp_path / "static")
    assert TestClient(app).get("/", headers=PAGE).json() == {"detail": "Not Found"}
