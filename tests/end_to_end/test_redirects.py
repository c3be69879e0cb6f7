"""Redirects in a real browser: none leads a request, its headers or its body to another origin."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

from browser_scripts import RUNTIME, write_scripts

pytestmark = pytest.mark.browser

# Secrets in a header and in the body: what became of the call, by its value or its error's kind.
ASK = f"""
async ([baseUrl, location, status]) => {{
	const {{ json, queryOf }} = await import('/{RUNTIME}/runtime.ts');
	const parts = {{ query: queryOf({{ location, status }}), body: {{ password: 'secret' }} }};
	const headers = {{ 'x-api-key': 'secret' }};
	return await json('POST', '/to', parts, {{ baseUrl, headers }}).catch(({{ kind }}) => kind);
}}
"""

UPLOAD = f"""
async ([baseUrl, location, status]) => {{
	const {{ multipartOf, queryOf, sendFiles }} = await import('/{RUNTIME}/runtime.ts');
	const query = queryOf({{ location, status }});
	const parts = {{ query, form: multipartOf({{ file: new Blob(['text']) }}) }};
	const options = {{ baseUrl, onUploadProgress: () => {{}} }};
	return await sendFiles('POST', '/to', parts, options).catch(({{ kind }}) => kind);
}}
"""


class Server(SimpleHTTPRequestHandler):
    """Serves scripts; redirects from `/to`, as any origin may ask; notes what else is posted."""

    extensions_map = {".ts": "text/javascript", ".html": "text/html"}  # noqa: RUF012

    def __init__(self, *arguments: object, asked: list[str], directory: str) -> None:
        self.asked = asked
        super().__init__(*arguments, directory=directory)  # type: ignore[arg-type]

    def log_message(self, format: str, *args: object) -> None: ...

    def end_headers(self) -> None:
        self.send_header("access-control-allow-origin", "*")
        self.send_header("access-control-allow-headers", "*")
        super().end_headers()

    def do_OPTIONS(self) -> None:
        self.send_response(204)
        self.end_headers()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        query = parse_qs(urlsplit(self.path).query)
        if self.path.startswith("/to"):
            self.send_response(int(query["status"][0]))
            self.send_header("location", query["location"][0])
            self.send_header("content-length", "0")
            self.end_headers()
            return
        self.asked.append(self.path)
        body = json.dumps(self.path).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(folder: Path, asked: list[str]) -> Iterator[str]:
    handler = partial(Server, asked=asked, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_stays_within_the_origin_of_the_page(
    page: Page, tmp_path: Path, status: int
) -> None:
    write_scripts(tmp_path)
    (tmp_path / "index.html").write_text("<!doctype html><title>shop</title>", encoding="utf-8")
    own: list[str] = []
    foreign: list[str] = []
    with serving(tmp_path, own) as shop, serving(tmp_path, foreign) as evil:
        page.goto(shop)
        assert page.evaluate(ASK, ["", "/kept", status]) == "/kept"
        assert page.evaluate(ASK, ["", f"{shop}/kept", status]) == "/kept"
        assert page.evaluate(ASK, ["", f"{evil}/stolen", status]) == "unreachable"
        # An API on another origin leads nowhere, not even back.
        assert page.evaluate(ASK, [evil, f"{shop}/back", status]) == "unreachable"
        assert page.evaluate(ASK, [evil, f"{evil}/on", status]) == "unreachable"
    assert own == ["/kept", "/kept"]
    assert foreign == []


def test_an_upload_goes_to_no_other_origin(page: Page, tmp_path: Path) -> None:
    write_scripts(tmp_path)
    (tmp_path / "index.html").write_text("<!doctype html><title>shop</title>", encoding="utf-8")
    foreign: list[str] = []
    with serving(tmp_path, []) as shop, serving(tmp_path, foreign) as evil:
        page.goto(shop)
        assert page.evaluate(UPLOAD, ["", "/kept", 307]) == "/kept"
        assert page.evaluate(UPLOAD, ["", f"{evil}/told", 307]) == "unreachable"
        assert foreign == []
        # An API on another origin may lead on within its own, and no answer of ours counts for it.
        assert page.evaluate(UPLOAD, [evil, f"{evil}/on", 307]) == "/on"
        assert page.evaluate(UPLOAD, [evil, f"{shop}/back", 307]) == "unreachable"
