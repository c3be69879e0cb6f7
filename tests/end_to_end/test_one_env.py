"""The one `.env` of a workspace: both sides read it, and the browser gets what is declared."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, expect

from running import Running, answer, running, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.workspace]

# which Node's own parser and python-dotenv read in different ways
SETTINGS = """
PUBLIC_TITLE=Shop $1 # and no more
PUBLIC_UNDECLARED=canary-one
TOKEN=canary-two
"""
DECLARED = """
import { defineEnvVars } from '@sveltejs/kit/env';

export const variables = defineEnvVars({ PUBLIC_TITLE: { public: true }, TOKEN: {} });
"""
PAGE = """
<script lang="ts">
	import { PUBLIC_TITLE } from '$app/env/public';
</script>

<h1>{PUBLIC_TITLE}</h1>
"""
ROUTE = """

import os


@app.get("/api/title")
async def title() -> str:
    return os.environ["PUBLIC_TITLE"]
"""


@pytest.fixture
def dev(project: Path, tmp_path: Path) -> Iterator[Running]:
    (project / ".env").write_text(SETTINGS, encoding="utf-8")
    (project / "frontend/src/env.ts").write_text(DECLARED, encoding="utf-8")
    (project / "frontend/src/routes/+page.svelte").write_text(PAGE, encoding="utf-8")
    with (project / "backend/main.py").open("a", encoding="utf-8") as main:
        main.write(ROUTE)
    with running(project, tmp_path / "dev.log", "dev") as run:
        wait_for(run.ready, seconds=60)
        yield run


def test_both_sides_read_one_file_and_the_browser_gets_what_is_declared(
    dev: Running, page: Page
) -> None:
    received: list[Response] = []

    def keep(response: Response) -> None:
        received.append(response)

    page.on("response", keep)
    page.goto(dev.url)
    expect(page.locator("h1")).to_have_text("Shop $1")
    assert answer(f"{dev.url}/api/title") == (200, '"Shop $1"')
    page.wait_for_load_state("networkidle")
    bodies = [response.text() for response in received if response.ok]
    assert len(bodies) > 5
    assert not any("canary" in body for body in bodies)

    before = dev.state["web"]["pid"]
    (dev.root / ".env").write_text("PUBLIC_TITLE=Other\nTOKEN=new\n", encoding="utf-8")
    wait_for(lambda: dev.state["web"]["pid"] not in (0, before), seconds=60)
    wait_for(dev.ready, seconds=60)
    fresh = page.context.new_page()  # the other one is loading itself anew
    fresh.goto(dev.url)
    expect(fresh.locator("h1")).to_have_text("Other")
    wait_for(lambda: answer(f"{dev.url}/api/title") == (200, '"Other"'))
