"""The shared cases of events and JSON lines in a real browser, at every cut."""

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page

from browser_scripts import ROOT, write_scripts

pytestmark = pytest.mark.browser

CASES = ROOT / "tests/runtime/cases"
MODULES = [f"tests/runtime/{name}.ts" for name in ("bodies", "cases", "conformance")]
CHECK = """
async ([check, file]) => {
	const conformance = await import('/tests/runtime/conformance.ts');
	// Not as an argument: on its way here an own `__proto__` is lost.
	const { stream_cases: cases } = await (await fetch(file)).json();
	return conformance[check](cases);
}
"""


class Server(SimpleHTTPRequestHandler):
    """Serves scripts by their TypeScript names, and a page to run them in."""

    extensions_map = {".ts": "text/javascript", ".html": "text/html"}  # noqa: RUF012

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("conformance")
    write_scripts(folder, *MODULES)
    shutil.copytree(CASES, folder, dirs_exist_ok=True)
    (folder / "index.html").write_text("<!doctype html><title>cases</title>", encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Server, directory=str(folder)))
    with server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize(
    ("check", "file", "least"),
    [("checkEvents", "sse.json", 3_000), ("checkRecords", "jsonl.json", 600)],
    ids=["events", "records"],
)
def test_a_browser_reads_all_cases_at_every_cut(
    page: Page, url: str, check: str, file: str, least: int
) -> None:
    page.goto(url)
    tally = page.evaluate(CHECK, [check, file])
    assert tally["failures"] == []
    assert tally["readings"] > least
