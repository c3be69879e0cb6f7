"""How long a stream's generator does not know that its client has left, a thousand times each.

In five ways, of eight kinds of streams, while they send and while they are quiet; directly and
through the front server, and by tabs of a browser that are closed. Fails when one did not know
within a second. Run it with `make bench`, or alone: `bench_leaving.py --count 130`.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from held.leaving import KINDS, QUIET, SENDING, Left, known, leave
from held.serving import Served, both

TABS_AT_ONCE = 5
"""With more streams a browser waits for connections."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--tabs", type=int, default=50)
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as name, both(Path(name)) as (api, front):
        found = {
            "directly": leave(api.port, count=options.count, api_port=api.port),
            "through the front": leave(front.port, count=options.count, api_port=api.port),
            "tabs, through the front": close_tabs(front, api, count=options.tabs),
        }
    for way, left in found.items():
        in_time = [each.after for each in left if each.is_in_time and each.after is not None]
        print(
            f"{way:>24}: {len(in_time)} of {len(left)} knew within a second,"
            f" median {1e3 * statistics.median(in_time):.1f} ms, last {1e3 * max(in_time):.0f} ms"
        )
        late = Counter(each.way for each in left if not each.is_in_time)
        for how, count in late.most_common():
            print(f"{'':>24}  {count} late: {how}")
        failed = failed or bool(late)
    return 1 if failed else 0


def close_tabs(front: Served, api: Served, *, count: int) -> list[Left]:
    """Opens a stream in each tab, and closes them."""
    moments: dict[str, float] = {}
    with sync_playwright() as playwright:
        executable = shutil.which("chromium")
        assert executable, "Chromium is not installed: make browser"
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for start in range(0, count, TABS_AT_ONCE):
            names = [f"tab-{number}" for number in range(start, start + TABS_AT_ONCE)]
            moments |= {name: _left_by_a_tab(browser, front, name) for name in names}
        browser.close()
    deadline = time.monotonic() + 2
    while moments.keys() - known(api.port) and time.monotonic() < deadline:
        time.sleep(0.1)
    ended = known(api.port)
    return [
        Left(name, "a tab", ended[name] - moment if name in ended else None)
        for name, moment in moments.items()
    ]


def _left_by_a_tab(browser: Browser, front: Served, name: str) -> float:
    number = int(name.rpartition("-")[2])
    kind, pause = KINDS[number % len(KINDS)], (SENDING, QUIET)[number % 2]
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{front.port}/")
    page.evaluate(
        "async (path) => (await fetch(path)).body.getReader().read()",
        f"/api/{kind}/{name}?pause={pause}",
    )
    moment = time.monotonic()
    page.close()
    return moment


if __name__ == "__main__":
    sys.exit(main())
