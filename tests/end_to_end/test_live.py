"""live() in a real browser: what its readers share, what survives an edit, and when it closes."""

import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from running import Running, running, wait_for
from svelte_check import assert_svelte_check_passes

pytestmark = [pytest.mark.workspace, pytest.mark.browser]

APP = Path(__file__).parent / "apps/live"
OUTAGE = float(os.environ.get("FLUIDKIT_OUTAGE", "3"))
"""Seconds without a backend; the benchmark has half a minute."""


# One run for all tests: each has a room of its own.
@pytest.fixture(scope="module")
def project(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace with a stream that notes who comes and goes, and a page that reads it twice."""
    root = tmp_path_factory.mktemp("live") / workspace.name
    shutil.copytree(workspace, root, symlinks=True)
    shutil.copytree(APP, root, dirs_exist_ok=True)
    edit(root / "backend/main.py", "routes import ", "routes import pulse, ")
    edit(root / "backend/main.py", "in (", "in (pulse, ")
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


def test_two_components_share_one_connection(opened: Page, project: Path, room: str) -> None:
    first, second = opened.locator("section").all()
    wait_for_more(first)
    wait_for_more(second)
    assert visits(project, room) == ["open 0"]


@pytest.mark.parametrize(
    "change",
    [
        ("lib/api/pulse.api.ts", "Beat twenty", "Beat some twenty"),
        ("routes/pulse/Pulse.svelte", "<p>{pulse.current", "<p>Now {pulse.current"),
    ],
    ids=["client", "component"],
)
def test_a_hot_update_leaves_the_connection_and_the_items(
    opened: Page, project: Path, room: str, change: tuple[str, str, str]
) -> None:
    file, old, new = change
    first = opened.locator("section").first
    wait_for_more(first)
    born = births(opened)
    edit(project / "frontend/src" / file, old, new)
    wait_for(lambda: not births(opened) & born)
    wait_for_more(first, 30)  # for longer than a second
    assert visits(project, room) == ["open 0"]


def test_a_change_of_its_route_leaves_the_items_and_no_gap(
    opened: Page, project: Path, room: str
) -> None:
    first = opened.locator("section").first
    before = wait_for_more(first)
    born = births(opened)
    edit(
        project / "backend/routes/pulse.py", "room: str,\n", "room: str,\n    loud: bool = False,\n"
    )
    client = project / "frontend/src/lib/api/pulse.api.ts"
    wait_for(lambda: "loud?: boolean" in client.read_text(encoding="utf-8"))
    wait_for(lambda: not births(opened) & born)
    wait_for_more(first, 30)
    # the old worker's stream was cut, and taken up again: once, for both components
    first_open, second_open = (v for v in visits(project, room) if v.startswith("open"))
    assert first_open == "open 0"
    assert int(second_open.split()[1]) > before[-1]


def test_a_killed_worker_leaves_no_gap(opened: Page, dev: Running, project: Path) -> None:
    first = opened.locator("section").first
    wait_for_more(first)
    killed = kill_worker(dev)
    wait_for(lambda: dev.ready() and dev.state["api"]["pid"] != killed)
    wait_for_more(first, 30)


def test_a_time_without_a_backend_leaves_no_gap(opened: Page, dev: Running, project: Path) -> None:
    first = opened.locator("section").first
    wait_for_more(first)
    edit(project / "backend/main.py", "import FastAPI", "import FastApi")
    wait_for(lambda: dev.state["state"] == "error")
    kill_worker(dev)
    # the end of what was on its way, and then nothing for as long
    expect(opened.get_by_role("status")).to_have_text(["reconnecting", "reconnecting"])
    before = numbers(first)
    time.sleep(OUTAGE)
    assert numbers(first) == before
    edit(project / "backend/main.py", "import FastApi", "import FastAPI")
    wait_for_more(first, 30)


def test_a_server_that_slept_leaves_no_gap(opened: Page, dev: Running) -> None:
    first = opened.locator("section").first
    wait_for_more(first)
    worker = dev.state["api"]["pid"]
    os.kill(worker, signal.SIGSTOP)
    time.sleep(OUTAGE)
    os.kill(worker, signal.SIGCONT)
    wait_for_more(first, 30)


def test_leaving_the_page_closes_it_a_second_later(opened: Page, project: Path, room: str) -> None:
    left = time.monotonic()
    go(opened, "Elsewhere", until="Back")
    wait_for(lambda: "close" in visits(project, room))
    assert time.monotonic() - left > 1
    go(opened, "Back", until="Elsewhere")
    wait_for_more(opened.locator("section").first)
    assert visits(project, room) == ["open 0", "close", "open 0"]


def test_coming_back_within_a_second_finds_it_open(opened: Page, project: Path, room: str) -> None:
    # once in peace, since Vite compiles a page when it is first seen
    go(opened, "Elsewhere", until="Back")
    go(opened, "Back", until="Elsewhere")
    first = opened.locator("section").first
    before = wait_for_more(first)
    known = visits(project, room)

    go(opened, "Elsewhere", until="Back")
    go(opened, "Back", until="Elsewhere")
    assert len(numbers(first)) >= len(before)
    wait_for_more(first, 30)  # for longer than the second
    assert visits(project, room) == known


def test_it_follows_what_the_page_chooses(opened: Page, project: Path, room: str) -> None:
    chosen = opened.get_by_label("Room")
    chosen.fill("cellar")
    wait_for(lambda: visits(project, "cellar") == ["open 0"])
    wait_for_more(opened.locator("section").first)
    wait_for(lambda: visits(project, room) == ["open 0", "close"])
    chosen.fill("")
    expect(opened.get_by_role("status")).to_have_text(["idle", "idle"])
    wait_for(lambda: visits(project, "cellar") == ["open 0", "close"])


def test_a_refusal_shows_until_it_is_asked_again(
    dev: Running, page: Page, project: Path, room: str
) -> None:
    refused = project / "refused"
    refused.touch()
    page.goto(f"{dev.url}/pulse?room={room}")
    expect(page.get_by_role("status")).to_have_text(["closed", "closed"])
    expect(page.get_by_role("alert").first).to_have_text(
        "GET /api/pulse/{room} answered 409: not now"
    )
    refused.unlink()
    page.get_by_role("button", name="Reconnect").first.click()
    expect(page.get_by_role("status")).to_have_text(["open", "open"])
    expect(page.get_by_role("alert").first).to_be_empty()
    wait_for_more(page.locator("section").last)
    assert visits(project, room) == ["open 0"]


def test_what_was_closed_goes_on_where_it_was(opened: Page, project: Path, room: str) -> None:
    first, second = opened.locator("section").all()
    before = wait_for_more(first)
    first.get_by_role("button", name="Close").click()
    expect(opened.get_by_role("status")).to_have_text(["closed", "closed"])
    wait_for(lambda: visits(project, room) == ["open 0", "close"])
    second.get_by_role("button", name="Reconnect").click()
    wait_for_more(first)
    assert int(visits(project, room)[-1].split()[1]) > before[-1]


def test_its_components_pass_svelte_check(dev: Running, project: Path) -> None:
    wait_for((project / "frontend/src/lib/api/pulse.api.ts").exists)
    assert_svelte_check_passes(project)


def kill_worker(dev: Running) -> int:
    """Ends the process that serves the API, which this test's own `dev` started."""
    worker = int(dev.state["api"]["pid"])
    os.kill(worker, signal.SIGKILL)
    return worker


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{file.name} has no {old!r}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def visits(project: Path, room: str) -> list[str]:
    """What the server has noted of the room: `open 0`, `close`."""
    file = project / "visits"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [line.removeprefix(f"{room} ") for line in lines if line.startswith(f"{room} ")]


def numbers(reader: Locator) -> list[int]:
    return [int(text) for text in reader.locator("li").all_inner_texts()]


def wait_for_more(reader: Locator, count: int = 5) -> list[int]:
    """The reader's numbers when there are some more; none is missing and none came twice."""
    goal = len(numbers(reader)) + count
    seen = wait_for(lambda: (found := numbers(reader)) and len(found) >= goal and found)
    assert seen == list(range(len(seen))), "an event is missing, came twice, or was forgotten"
    return list(seen)


def births(page: Page) -> set[str | None]:
    """When each component was made: a hot update makes them anew."""
    return {reader.get_attribute("data-born") for reader in page.locator("section").all()}


def go(page: Page, link: str, *, until: str) -> None:
    """Follows a link within the page as fast as a browser can: no round trip to the test."""
    page.evaluate(
        """async ([link, until]) => {
            const find = (text) => [...document.links].find((a) => a.textContent === text);
            find(link).click();
            while (!find(until)) await new Promise((resolve) => setTimeout(resolve, 5));
        }""",
        [link, until],
    )
