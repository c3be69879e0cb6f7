"""A page that Chromium froze in its back/forward cache, and thawed, follows its events again."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from browser_scripts import RUNTIME, ScriptHandler, served, write_scripts

from .conftest import CHROMIUM_OPTIONS

pytestmark = pytest.mark.browser

FOLLOW = """
async (runtime) => {
	const { events } = await import(runtime);
	Object.assign(window, { seen: [], shown: [], opened: 0 });
	addEventListener('pageshow', ({ persisted }) => shown.push(persisted));
	window.stream = events('GET', '/ticks', {}, {
		onOpen: () => opened++,
		onMessage: ({ value }) => seen.push(value)
	});
}
"""


class Ticking(ScriptHandler):
    """Counts on from the event that a client saw last."""

    def do_GET(self) -> None:
        if self.path != "/ticks":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        number = int(self.headers.get("last-event-id", "0"))
        try:
            while True:
                number += 1
                self.wfile.write(f"id: {number}\ndata: {number}\n\n".encode())
                self.wfile.flush()
                time.sleep(0.02)  # the pace of the stream
        except OSError:
            return


@pytest.fixture
def page() -> Iterator[Page]:
    """A page that may go into the cache, which Playwright switches off."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=CHROMIUM_OPTIONS,
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield browser.new_page()
        browser.close()


def test_a_page_that_comes_back_misses_no_event_and_sees_none_twice(
    page: Page, tmp_path: Path
) -> None:
    write_scripts(tmp_path)
    with served(tmp_path, Ticking) as url:
        page.goto(url)
        page.evaluate(FOLLOW, f"/{RUNTIME}/runtime.ts")
        page.wait_for_function("seen.length > 3")
        page.goto(f"{url}index.html?elsewhere")
        assert page.evaluate("typeof seen") == "undefined"
        # Not `go_back`, which waits for a load: a page that is thawed has none.
        with page.expect_navigation(wait_until="commit"):
            page.evaluate("setTimeout(() => history.back())")
        page.wait_for_function("globalThis.shown?.length")
        before = page.evaluate("seen.length")
        page.wait_for_function(f"opened === 2 && seen.length > {before + 3}")
        assert page.evaluate("shown") == [True]
        seen = json.loads(page.evaluate("stream.close(), JSON.stringify(seen)"))
        assert seen == list(range(1, len(seen) + 1))
