"""The main job: from an empty folder to a typed stream in a real browser, through every edit."""

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from running import Running, answer, free_port, processes_of, running, wait_for

pytestmark = [pytest.mark.workspace, pytest.mark.browser]


class Ids:
    """The ids of the clock's events, in the order in which the page showed them."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._seen: list[int] = []

    def collect(self) -> list[int]:
        """Reads the list on the page, newest first, and keeps what is new."""
        shown = self._page.get_by_label("Latest events").locator("li span").all_inner_texts()
        for number in reversed([int(text) for text in shown]):
            if not self._seen or number > self._seen[-1]:
                self._seen.append(number)
        return self._seen

    def wait_for_more(self, count: int) -> list[int]:
        goal = len(self.collect()) + count
        wait_for(lambda: len(self.collect()) >= goal)
        return self._seen


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{file.name} has no {old!r}"
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def opened(dev: Running, page: Page) -> Iterator[Page]:
    """The first page of the workspace, marked so that a full page load would show."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(dev.url)
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    page.evaluate("window.marked = true")
    yield page
    assert errors == []


def test_events_and_records_arrive(opened: Page) -> None:
    Ids(opened).wait_for_more(2)
    expect(opened.get_by_text("96 of 96 readings")).to_be_visible()
    expect(opened.locator("output")).to_have_text("Hello, world!")


def test_every_edit_reaches_the_page_while_a_stream_goes_on(opened: Page, project: Path) -> None:
    ids = Ids(opened)
    ids.wait_for_more(2)
    python = project / "backend/routes/greetings.py"
    card = project / "frontend/src/routes/Greeting.svelte"
    clients = project / "frontend/src/lib/api"

    # a field is added to a model
    edit(python, "    language: Language\n", "    language: Language\n    letters: int\n")
    edit(python, "language=language)", "language=language, letters=len(person.name))")
    wait_for(lambda: "letters: number;" in (clients / "types.ts").read_text(encoding="utf-8"))
    edit(card, "{greeting?.text ?? ' '}", "{greeting?.text} {greeting?.letters}")
    expect(opened.locator("output")).to_have_text("Hello, world! 5")

    # a parameter gets another type
    edit(python, "excited: bool = False", "excited: int = 0")
    edit(python, 'mark = "!" if excited else "."', 'mark = "!" * excited')
    wait_for(lambda: "excited?: number" in (clients / "greetings.api.ts").read_text("utf-8"))
    edit(card, "{ excited });", "{ excited: 3 });")
    expect(opened.locator("output")).to_have_text("Hello, world!!! 5")

    # a route is added
    with python.open("a", encoding="utf-8") as file:
        file.write('\n\n@router.get("/farewell")\ndef farewell() -> str:\n    return "Adieu"\n')
    wait_for(lambda: "farewell(" in (clients / "greetings.api.ts").read_text("utf-8"))
    edit(card, "import { greet }", "import { farewell, greet }")
    edit(card, "failed = '';\n", "failed = '';\n\t\t\tgreeting.text = await farewell();\n")
    expect(opened.locator("output")).to_have_text("Adieu 5")

    seen = ids.wait_for_more(2)
    assert seen == list(range(seen[0], seen[-1] + 1)), "an event is missing or came twice"
    assert opened.evaluate("window.marked") is True, "the page was loaded anew"


def test_a_stream_is_open_before_it_has_said_anything(dev: Running, project: Path) -> None:
    python = project / "backend/routes/clock.py"
    with python.open("a", encoding="utf-8") as file:
        file.write(
            '\n\n@router.get("/silence", response_class=EventSourceResponse)\n'
            "async def stream_silence() -> AsyncIterator[Tick]:\n"
            "    await asyncio.sleep(3600)\n    yield Tick(time=datetime.now(UTC))\n"
        )
    client = project / "frontend/src/lib/api/clock.api.ts"
    wait_for(lambda: "stream_silence(" in client.read_text(encoding="utf-8"))
    with urllib.request.urlopen(f"{dev.url}/api/silence", timeout=5) as response:
        assert response.headers["content-type"].startswith("text/event-stream")


def test_a_syntax_error_shows_in_the_browser_until_it_is_mended(
    opened: Page, dev: Running, project: Path
) -> None:
    python = project / "backend/routes/greetings.py"
    edit(python, "router = APIRouter()", "router = APIRouter(")
    overlay = opened.locator("vite-error-overlay")
    expect(overlay).to_contain_text("greetings.py")
    expect(overlay).to_contain_text("router = APIRouter(")
    # whose lines stand below each other: the first one has its margin, too
    bars = [line.index("|") for line in overlay.locator(".frame").inner_text().splitlines()]
    assert len(set(bars)) == 2 and bars[0] == bars[-1] + 1, "a mark without width comes first"
    assert re.search(r"SyntaxError.*\n?.*greetings\.py", wait_for(lambda: dev.output))
    # the last good code still answers
    opened.evaluate("fetch('/api/clock?limit=1').then((response) => response.text())")

    edit(python, "router = APIRouter(", "router = APIRouter()")
    expect(overlay).to_have_count(0)
    assert opened.evaluate("window.marked") is True, "the page was loaded anew"


def test_a_start_with_broken_code_waits_for_the_mend(
    project: Path, page: Page, tmp_path: Path
) -> None:
    python = project / "backend/main.py"
    edit(python, "from fastapi import FastAPI", "from fastapi import FastApi")
    with running(project, tmp_path / "dev.log", "dev") as run:
        wait_for(lambda: "the API is broken" in run.output)
        assert run.state["state"] == "error"
        status, body = wait_for(lambda: answer(f"{run.url}/api/readings?count=1"))
        assert status == 503
        assert json.loads(body)["file"].endswith("backend/main.py")
        page.goto(run.url)
        expect(page.locator("vite-error-overlay")).to_contain_text("FastApi")

        edit(python, "FastApi", "FastAPI")
        wait_for(run.ready)
        expect(page.locator("vite-error-overlay")).to_have_count(0)
        expect(page.get_by_text("96 of 96 readings")).to_be_visible()


def test_ctrl_c_leaves_no_process(dev: Running, opened: Page) -> None:
    run_id = dev.state["run_id"]
    assert len(processes_of(run_id)) >= 4  # guard, fork server, worker, Vite
    assert dev.stop() == 130
    assert wait_for(lambda: processes_of(run_id) == [], seconds=3)


def test_the_page_works_from_build_and_start(project: Path, page: Page, tmp_path: Path) -> None:
    with running(project, tmp_path / "build.log", "build") as build:
        assert build.process.wait(timeout=120) == 0, build.output
    port = str(free_port())
    with running(project, tmp_path / "start.log", "start", "--port", port) as start:
        url = f"http://127.0.0.1:{port}"
        assert wait_for(lambda: answer(f"{url}/api/readings?count=1"))[0] == 200
        assert url in start.output
        page.goto(url)
        Ids(page).wait_for_more(2)
        expect(page.get_by_text("96 of 96 readings")).to_be_visible()
        expect(page.locator("output")).to_have_text("Hello, world!")
