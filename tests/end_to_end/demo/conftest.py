"""The demo in both modes, developed and built."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from playwright.sync_api import Browser, BrowserContext

from demo_site import SITES, Site, Visit, lay_out, served
from fluidkit_cli.workspace import Mode


@pytest.fixture(scope="session")
def demos(tmp_path_factory: pytest.TempPathFactory) -> dict[Mode, Path]:
    """An installed workspace for each mode."""
    return lay_out(tmp_path_factory.mktemp("demos"), modes=get_args(Mode))


@pytest.fixture(scope="session", params=SITES, ids="-".join)
def site(request: pytest.FixtureRequest, demos: dict[Mode, Path]) -> Iterator[Site]:
    """A demo that is served, in every mode and in both ways."""
    mode, how = request.param
    with served(demos[mode], mode=mode, how=how) as site:
        yield site


# One for all visits, which keeps what Vite serves cached.
@pytest.fixture(scope="module")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def visit(site: Site, profile: BrowserContext) -> Iterator[Visit]:
    """A visitor without cookies, content at the end."""
    profile.clear_cookies()
    visit = Visit(site, profile.new_page())
    yield visit
    visit.page.close()
    visit.assert_content()
