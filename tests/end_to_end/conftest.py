"""A running `fluidkit dev` and a real browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from running import Running, running, wait_for

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# A cold Vite on a busy machine takes longer than Playwright's 5 s.
expect.set_options(timeout=30_000)


@pytest.fixture
def project(workspace: Path, tmp_path: Path) -> Path:
    """A copy of an installed workspace that the test may change."""
    root = tmp_path / workspace.name
    shutil.copytree(workspace, root, symlinks=True)
    return root


@pytest.fixture
def dev(project: Path, tmp_path: Path) -> Iterator[Running]:
    """`fluidkit dev` in `project`, ready."""
    with running(project, tmp_path / "dev.log", "dev") as run:
        wait_for(run.ready)
        yield run


# No longer than a module: Playwright keeps an event loop running in the main thread meanwhile.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium")
    assert executable, "Chromium is not installed: make browser"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page in a browser profile of its own."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()
