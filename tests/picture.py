"""Takes the README's pictures: the demo as `fluidkit new` makes it, running."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, expect, sync_playwright

from running import running, wait_for

PICTURES = Path(__file__).parents[1] / "docs"


def take_pictures(project: Path) -> None:
    """Runs `fluidkit dev` in `project` and saves what Chromium shows."""
    with running(project, project.with_suffix(".log"), "dev") as run, sync_playwright() as tools:
        wait_for(run.ready, seconds=60)
        browser = tools.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        take_picture(browser, run.url, "light")
        take_picture(browser, run.url, "dark")
        browser.close()


def take_picture(browser: Browser, url: str, scheme: Literal["light", "dark"]) -> None:
    """Records that arrive while they are drawn."""
    page = browser.new_page(
        viewport={"width": 1280, "height": 860}, device_scale_factor=1.5, color_scheme=scheme
    )
    page.goto(f"{url}/analytics?with=live")
    expect(page.get_by_text("Records loaded: 5000")).to_be_visible(timeout=20_000)
    page.screenshot(path=PICTURES / f"demo-{scheme}.png", full_page=True)
    page.close()


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        new = [sys.executable, "-m", "fluidkit_cli", "new", "myapp"]
        subprocess.run(new, cwd=folder, check=True)
        take_pictures(Path(folder) / "myapp")
