"""A workspace whose page reads an endless stream twice, in a running `fluidkit dev`."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pulse_page import edit
from running import Running, running, wait_for

APP = Path(__file__).parents[1] / "apps/live"


# One run for all tests: each has a room of its own.
@pytest.fixture(scope="module")
def project(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace with a stream that notes who comes and goes, and a page that reads it twice."""
    root = tmp_path_factory.mktemp("live") / workspace.name
    shutil.copytree(workspace, root, symlinks=True)
    shutil.copytree(APP, root, dirs_exist_ok=True)
    edit(root / "backend/main.py", "routes import ", "routes import flood, pulse, ")
    edit(root / "backend/main.py", "in (", "in (flood, pulse, ")
    return root


@pytest.fixture(scope="module")
def dev(project: Path) -> Iterator[Running]:
    with running(project, project.parent / "dev.log", "dev") as run:
        wait_for(run.ready)
        yield run


@pytest.fixture
def room(request: pytest.FixtureRequest) -> str:
    return re.sub(r"\W", "-", request.node.name)


@pytest.fixture
def opened(dev: Running, page: Page, room: str) -> Iterator[Page]:
    """The page with its two readers, marked so that a full page load would show."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.extend(re.findall(r"\[svelte\].*", said.text)))
    page.goto(f"{dev.url}/pulse?room={room}")
    expect(page.get_by_role("status")).to_have_text(["open", "open"])
    page.evaluate("window.marked = true")
    yield page
    assert errors == []
    assert page.evaluate("window.marked") is True, "the page was loaded anew"
