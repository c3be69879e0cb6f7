"""An open page while the API is edited: it follows, and is never loaded anew."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocket, expect

from running import Running, wait_for

pytestmark = [pytest.mark.workspace, pytest.mark.browser]

ROUTE = '\n\n@router.get("/mark")\ndef mark() -> str:\n    """One."""\n    return "one"\n'
COMPONENT = """<script lang="ts">
	import { onMount } from 'svelte';
	import { mark } from '#lib/api/greetings.api.ts';
	let text = $state('');
	onMount(async () => (text = await mark()));
</script>

<output>{text}</output>
"""


@pytest.fixture
def project(project: Path) -> Path:
    """The workspace with one more route and a page that shows what it answers."""
    with (project / "backend/routes/greetings.py").open("a", encoding="utf-8") as file:
        file.write(ROUTE)
    page = project / "frontend/src/routes/mark/+page.svelte"
    page.parent.mkdir()
    page.write_text(COMPONENT, encoding="utf-8")
    return project


def test_a_page_follows_what_matters_and_hears_of_nothing_else(
    dev: Running, project: Path, page: Page
) -> None:
    python = project / "backend/routes/greetings.py"
    component = project / "frontend/src/routes/mark/+page.svelte"
    heard = listen(page)
    page.goto(f"{dev.url}/mark")
    expect(page.locator("output")).to_have_text("one")
    page.evaluate("window.marked = true")

    for old, new in (
        ("router = APIRouter()", "router = APIRouter()  # mine"),
        ('return "one"', 'return "two"'),
        ("\n\n\n@router", "\n\n\n\n@router"),
    ):
        reload(dev, lambda old=old, new=new: edit(python, old, new))  # type: ignore[misc]
    page.wait_for_function("fetch('/api/mark').then((answer) => answer.ok)")
    assert heard == []  # and Vite, which answered the page meanwhile, had nothing to say before
    expect(page.locator("output")).to_have_text("one")

    edit(python, '"""One."""', '"""Two."""')
    expect(page.locator("output")).to_have_text("two")

    # what the page calls is gone: it stays as it is until it calls what took the place
    edit(python, "def mark()", "def sign()")
    client = project / "frontend/src/lib/api/greetings.api.ts"
    wait_for(lambda: "function sign(" in client.read_text(encoding="utf-8"))
    reload(dev, lambda: edit(python, 'return "two"', 'return "three"'))
    expect(page.locator("output")).to_have_text("two")
    edit(component, "{ mark }", "{ sign as mark }")
    expect(page.locator("output")).to_have_text("three")

    assert {message["type"] for message in heard} == {"update"}
    assert page.evaluate("window.marked") is True, "the page was loaded anew"


def listen(page: Page) -> list[dict[str, Any]]:
    """What Vite tells the page, but for the greeting."""
    heard: list[dict[str, Any]] = []

    def hear(frame: str | bytes) -> None:
        message = json.loads(frame)
        if message["type"] != "connected":
            heard.append(message)

    def follow(socket: WebSocket) -> None:
        socket.on("framereceived", hear)

    page.on("websocket", follow)
    return heard


def reload(dev: Running, save: Callable[[], None]) -> None:
    """Saves, and returns when the line comes that the clients are up to date."""
    count = dev.output.count("reloaded in ")
    save()
    wait_for(lambda: dev.output.count("reloaded in ") > count)


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
