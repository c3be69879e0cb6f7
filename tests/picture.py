"""Takes the README's picture: the first page of a new workspace, running."""

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from running import running, wait_for

PICTURE = Path(__file__).parents[1] / "docs/page.png"


def take_picture(project: Path) -> None:
    """Runs `fluidkit dev` in `project` and saves what Chromium shows."""
    with running(project, project.with_suffix(".log"), "dev") as run, sync_playwright() as tools:
        wait_for(run.ready, seconds=60)
        browser = tools.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 900}, device_scale_factor=1.5)
        page.goto(run.url)
        expect(page.get_by_text("96 of 96 readings")).to_be_visible(timeout=20_000)
        expect(page.get_by_label("Latest events").locator("li")).to_have_count(4)
        page.screenshot(path=PICTURE, full_page=True)
        browser.close()


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        new = [sys.executable, "-m", "fluidkit_cli", "new", "myapp"]
        subprocess.run(new, cwd=folder, check=True)
        take_picture(Path(folder) / "myapp")
