"""Frames of a page that shows ten thousand events a second with live(), in a real browser.

The page is `tests/end_to_end/apps/live/…/flood`; the same browser drawing a page at rest is the
measure. Run it with `make bench`, or alone with `--seconds N`.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from pulse_page import edit
from running import running, wait_for

TESTS = Path(__file__).parents[1]
APP = TESTS / "end_to_end/apps/live"
RATE = 10_000
CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

REST = """
(seconds) => new Promise((resolve) => {
	const frames = [];
	requestAnimationFrame(function draw(time) {
		frames.push(time);
		if (time - frames[0] > seconds * 1000) resolve(frames);
		else requestAnimationFrame(draw);
	});
})
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    seconds = parser.parse_args().seconds
    executable = shutil.which("chromium")
    assert executable, "Chromium is not installed: make browser"
    with tempfile.TemporaryDirectory(prefix="fluidkit-bench-") as folder:
        root = new_workspace(Path(folder) / "shop")
        with running(root, root.with_suffix(".log"), "dev") as run, sync_playwright() as playwright:
            wait_for(run.ready, seconds=60)
            browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_OPTIONS)
            page = browser.new_page()
            flood(page, run.url, seconds=0.1)  # Vite compiles the page when it is first seen
            shown = flood(page, run.url, seconds=seconds)
            at_rest = page.evaluate(REST, seconds)
            report({"at rest": at_rest, f"{RATE} events a second": shown["frames"]})
            count = round(seconds * RATE)
            print(f"{count} events were shown in {shown['updates']} updates")


def new_workspace(root: Path) -> Path:
    command = [sys.executable, "-m", "fluidkit_cli", "new", str(root), "--template", "minimal"]
    subprocess.run([*command, "--no-git"], check=True, stdout=subprocess.DEVNULL)
    shutil.copytree(APP, root, dirs_exist_ok=True)
    edit(root / "backend/main.py", "routes import ", "routes import flood, pulse, ")
    edit(root / "backend/main.py", "in (", "in (flood, pulse, ")
    return root


def flood(page: Page, url: str, *, seconds: float) -> dict[str, list[float]]:
    """When the frames were drawn while the events came, in milliseconds, and the updates."""
    page.goto(f"{url}/flood?seconds={seconds}")
    page.wait_for_function("window.flood", timeout=(seconds + 30) * 1000)
    last = page.locator("li").last.inner_text()
    assert int(last) == round(seconds * RATE) - 1, f"the last event is {last}"
    return dict(page.evaluate("window.flood"))


def report(measured: dict[str, Sequence[float]]) -> None:
    table = Table(title=f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    table.add_column("page")
    for column in ("frames a second", "median ms", "95 % within ms", "longest ms"):
        table.add_column(column, justify="right")
    for name, times in measured.items():
        gaps = [later - earlier for earlier, later in pairwise(times)]
        rate = 1000 * len(gaps) / (times[-1] - times[0])
        most = statistics.quantiles(gaps, n=20)[-1]
        figures = (rate, statistics.median(gaps), most, max(gaps))
        table.add_row(name, *(f"{figure:.1f}" for figure in figures))
    Console().print(table)


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
