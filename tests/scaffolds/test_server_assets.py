"""`frontend/server/assets.js` of every workspace that is rendered on a server."""

from collections.abc import Iterator

import pytest

from front_server import Front, lay_out, serving

SCRIPT = "/_app/immutable/chunks/app.js"
FILES = {
    "_app/immutable/chunks/app.js": "plain",
    "_app/immutable/chunks/app.js.br": "brotli",
    "_app/immutable/chunks/app.js.gz": "gzip",
    "_app/immutable/assets/app.css": "style",
    "_app/immutable/assets/film.mp4": "film",
    "_app/immutable/chunks/large.js": "x" * 300_000,
    "_app/version.json": "{}",
}


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("front")
    lay_out(folder)
    for name, text in FILES.items():
        file = folder / "build/client" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    with serving(folder, api=False) as front:
        yield front


def is_sveltekits(body: bytes) -> bool:
    """Whether the handler that stands for SvelteKit's has answered."""
    return body.startswith(b"{") and b"x-forwarded-host" in body


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0.1, gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("*", "br"),
        ("identity, br;q=0.5", None),
        ("*;q=0", None),
        ("br;q=much", None),
        ("", None),
    ],
)
def test_a_script_comes_in_the_coding_that_is_liked_best(
    front: Front, accepted: str, coding: str | None
) -> None:
    status, headers, body = front.request("GET", SCRIPT, Accept_Encoding=accepted)
    assert status == 200
    assert headers["content-encoding"] == coding
    assert body.decode() == {"br": "brotli", "gzip": "gzip", None: "plain"}[coding]
    assert headers["cache-control"] == "public,max-age=31536000,immutable"
    assert headers["content-type"] == "text/javascript"
    assert headers["vary"] == "Accept-Encoding"
    assert headers["x-content-type-options"] == "nosniff"


def test_what_the_client_has_is_not_sent_again(front: Front) -> None:
    tags = set()
    for coding in ("br", "gzip", "identity"):
        etag = front.request("GET", SCRIPT, Accept_Encoding=coding)[1]["etag"]
        known = f'"other", W/{etag}'
        again = front.request("GET", SCRIPT, Accept_Encoding=coding, If_None_Match=known)
        assert (again[0], again[1]["etag"], again[2]) == (304, etag, b"")
        tags.add(etag)
    assert len(tags) == 3
    assert front.request("GET", SCRIPT, If_None_Match='"other"')[2] == b"plain"


@pytest.mark.parametrize(
    "path",
    [
        "/_app/immutable/assets/film.mp4",
        "/_app/immutable/chunks/large.js",
        "/_app/immutable/chunks/none.js",
        "/_app/immutable/chunks/../chunks/app.js",
        "/_app/version.json",
        "/",
    ],
)
def test_all_else_is_left_to_sveltekit(front: Front, path: str) -> None:
    assert is_sveltekits(front.request("GET", path)[2])


def test_so_are_ranges_and_other_methods(front: Front) -> None:
    assert is_sveltekits(front.request("GET", SCRIPT, Range="bytes=0-1")[2])
    assert is_sveltekits(front.request("POST", SCRIPT)[2])


def test_a_query_asks_for_the_same(front: Front) -> None:
    assert front.request("GET", "/_app/immutable/assets/app.css?v=1")[2] == b"style"
