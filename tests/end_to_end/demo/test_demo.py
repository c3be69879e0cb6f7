"""Every page of the demo in Chromium, written with callbacks and with `live()`."""

import hashlib
import json
import re
import sys
import urllib.request
from enum import StrEnum
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from demo_site import How, Site, Visit
from fluidkit_cli.workspace import Mode
from running import wait_for

# each mode and each way to serve it once; the other two pairs are opened by the tests of pages
SERVED: list[tuple[Mode, How]] = [("ssr", "start"), ("spa", "dev")]

pytestmark = [
    pytest.mark.workspace,
    pytest.mark.browser,
    pytest.mark.parametrize("site", SERVED, ids="-".join, indirect=True),
]

LONGEST_TASK = 1_000
"""Milliseconds; a page that draws once a frame stays far below, also on a very busy machine."""

PROGRESS = "document.querySelector('progress')?.position"
COUNT = "Number(document.querySelector('.counter')?.textContent.split(': ')[1] ?? 0)"
DRAWN = "document.querySelector('figure path')?.getAttribute('d').length"
LINES = "document.querySelectorAll('[role=log] p').length"
SAID = "document.querySelector('[role=log] p:last-child')?.textContent.length"

MEASURE_TASKS = """() => {
    window.tasks = [];
    new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) window.tasks.push(duration);
    }).observe({ type: 'longtask' });
}"""


class Way(StrEnum):
    """How a page's component is written, as its address has it."""

    CALLBACKS = ""
    LIVE = "?with=live"


@pytest.fixture(params=list(Way), ids=lambda way: way.name.lower())
def way(request: pytest.FixtureRequest) -> Way:
    """Which of a page's two components is asked for."""
    return Way(request.param)


@pytest.fixture
def items(site: Site) -> None:
    """Leaves the two items that there are at the start."""
    for item in json.loads(served(site, "/api/items")):
        if item["id"] > 2:
            served(site, f"/api/items/{item['id']}", method="DELETE")


def test_notifications_arrive_and_stop(visit: Visit, way: Way) -> None:
    visit.open("/notifications" + way)
    status = visit.result.get_by_role("status")
    times = visit.result.get_by_role("log", name="Notifications").locator("time")
    start_notifications(visit, way, user_id="42")
    wait_for(lambda: times.count() >= 2)
    connected = status.inner_text()
    assert visit.site.runs("event_generator")

    visit.press("Stop")
    expect(status).not_to_have_text(connected)
    wait_for(lambda: not visit.site.runs("event_generator"))
    shown = times.evaluate_all("all => all.map(each => each.dateTime)")
    assert all(later > earlier for later, earlier in pairwise(shown))


def test_who_leaves_the_page_gets_no_further_notifications(visit: Visit, way: Way) -> None:
    visit.open("/notifications" + way)
    start_notifications(visit, way, user_id="7")
    wait_for(lambda: visit.site.runs("event_generator"))
    visit.page.get_by_role("navigation", name="Pages").get_by_role("link", name="Items").click()
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Items")
    wait_for(lambda: not visit.site.runs("event_generator"))


def test_files_are_downloaded_with_their_names_and_bytes(visit: Visit, way: Way) -> None:
    visit.watch("progress", PROGRESS)
    visit.open("/files" + way)
    files = json.loads(served(visit.site, "/api/files"))
    assert [file["name"] for file in files] == ["report.pdf", "measurements.csv"]
    for file in files:
        with visit.page.expect_download() as download:
            fetch(visit, way, name=file["name"])
        assert download.value.suggested_filename == file["name"]
        received = Path(download.value.path()).read_bytes()
        sent = served(visit.site, f"/api/files/{file['id']}/download")
        assert digest(received) == digest(sent)
    progress = visit.seen("progress")
    assert progress[-1] == 1
    assert len(progress) > 5


def test_records_are_counted_and_drawn_while_the_page_stays_smooth(visit: Visit, way: Way) -> None:
    visit.watch("count", COUNT)
    visit.watch("drawn", DRAWN)
    visit.open("/analytics" + way)
    visit.page.evaluate(MEASURE_TASKS)
    if way is Way.CALLBACKS:
        visit.press("Load Analytics Data")
    expect(visit.result.get_by_text("Records loaded: 5000")).to_be_visible()
    [(name, value, _)] = made_up(visit.site, "visits").count_visits(4999, 5000)
    expect(visit.result.get_by_text(f"{name}: {value:g}").last).to_be_visible()
    counts, drawn = visit.seen("count"), visit.seen("drawn")
    assert len(counts) > 10
    assert counts == sorted(counts)
    assert len(drawn) > 10
    assert drawn[-1] > 5 * drawn[0] > 0
    assert max(visit.page.evaluate("window.tasks"), default=0) < LONGEST_TASK


def test_log_lines_come_while_the_job_runs(visit: Visit, way: Way) -> None:
    visit.watch("lines", LINES)
    visit.open("/logs" + way)
    if way is Way.CALLBACKS:
        visit.press("Run the job")
    lines = visit.result.get_by_role("log").locator("p")
    expect(lines.last).to_contain_text("live in 4 regions")
    expect(visit.result.get_by_role("status")).to_have_text("Not running")
    assert len(visit.seen("lines")) > 10
    shown = [text.split(maxsplit=2)[1:] for text in lines.all_inner_texts()]
    story = made_up(visit.site, "release")._story()
    assert shown == [[level.upper(), text] for level, text in story]


def test_a_log_that_is_stopped_ends_on_the_server(visit: Visit, way: Way) -> None:
    visit.open("/logs" + way)
    if way is Way.CALLBACKS:
        visit.press("Run the job")
    expect(visit.result.get_by_text("Release 2026.4 begins")).to_be_visible()
    visit.press("Stop")
    wait_for(lambda: not visit.site.runs("log_lines"))
    expect(visit.result.get_by_role("status")).to_have_text("Not running")
    assert visit.result.get_by_text("live in 4 regions").count() == 0


def test_tokens_come_one_after_another(visit: Visit, way: Way) -> None:
    visit.watch("said", SAID)
    visit.open("/chat" + way)
    reply = ask(visit, "Hello!")
    expect(reply.locator("small")).to_have_text(re.compile(r"^\d+ tokens in [\d.]+ s$"))
    expect(reply).to_contain_text(made_up(visit.site, "assistant")._text("Hello!"))
    assert len(visit.seen("said")) > 10
    expect(visit.result.get_by_role("button", name="Send")).to_be_visible()


def test_an_answer_that_is_stopped_ends_on_the_server(visit: Visit, way: Way) -> None:
    visit.open("/chat" + way)
    reply = ask(visit, "Tell me a story")
    expect(reply).to_contain_text("Once upon a time")
    assert visit.site.runs("answer")
    visit.press("Stop")
    wait_for(lambda: not visit.site.runs("answer"))
    assert "ever since" not in reply.inner_text()
    expect(visit.result.get_by_role("button", name="Send")).to_be_visible()


def test_an_answer_goes_on_after_a_reload_and_in_another_tab(visit: Visit, way: Way) -> None:
    visit.open("/chat" + way)
    story = made_up(visit.site, "assistant")._text("Tell me a story")
    expect(ask(visit, "Tell me a story")).to_contain_text("Once upon a time")
    expect(visit.page).to_have_url(re.compile(r"[?&]run="))
    other = Visit(visit.site, visit.page.context.new_page())
    other.open(visit.page.url.removeprefix(visit.site.url))
    visit.page.reload()
    for each in (visit, other):
        said = each.result.get_by_role("log").locator("p")
        expect(said.first).to_contain_text("Tell me a story")
        expect(said.nth(1)).to_contain_text(story)
        expect(said.nth(1).locator("small")).to_contain_text("tokens in")
    other.page.close()
    other.assert_content()


def test_a_notification_is_shown_in_every_tab(visit: Visit, way: Way) -> None:
    other = Visit(visit.site, visit.page.context.new_page())
    for each in (visit, other):
        each.open("/notifications" + way)
        start_notifications(each, way, user_id="11")
        wait_for(each.result.locator("time").count)
    visit.result.get_by_label("Say something").fill("Hello, tabs")
    visit.press("Notify")
    for each in (visit, other):
        expect(each.result.get_by_role("log")).to_contain_text("Hello, tabs")
    other.page.close()
    other.assert_content()


def test_a_job_goes_on_without_its_page_and_is_stopped_by_another(visit: Visit, way: Way) -> None:
    visit.open("/jobs" + way)
    visit.result.get_by_label("Rows").fill("100000")
    visit.press("Export")
    bar = visit.result.get_by_role("progressbar")
    wait_for(lambda: bar.get_attribute("value") not in (None, "0"))
    address = visit.page.url.removeprefix(visit.site.url)
    visit.open("/items")
    visit.open(address)
    seen = float(bar.get_attribute("value") or 0)
    wait_for(lambda: float(bar.get_attribute("value") or 0) > seen)
    assert visit.site.runs("export")
    visit.press("Stop")
    expect(visit.result.get_by_role("status")).to_contain_text("stopped")
    wait_for(lambda: not visit.site.runs("export"))
    visit.result.get_by_label("Rows").fill("500")
    visit.press("Export")
    expect(visit.result.get_by_role("status")).to_contain_text("done")


@pytest.mark.usefixtures("items")
def test_an_item_is_created_and_deleted(visit: Visit) -> None:
    visit.open("/items")
    rows = visit.result.get_by_role("list", name="Items").get_by_role("listitem")
    expect(rows).to_have_count(2)
    fill(visit, name="Lamp", quantity="7", email="ada@example.com")
    row = rows.filter(has_text="Lamp")
    expect(row).to_contain_text("ada@example.com")
    assert "Lamp" in served(visit.site, "/api/items").decode()

    row.get_by_role("button", name="Delete Lamp").click()
    expect(row).to_have_count(0)
    assert "Lamp" not in served(visit.site, "/api/items").decode()
    expect(rows).to_have_count(2)


@pytest.mark.usefixtures("items")
def test_what_python_refuses_is_said_at_its_field(visit: Visit) -> None:
    visit.expected = "status of 422"
    visit.open("/items")
    wrong = visit.result.locator("[aria-invalid=true]")
    for label, values in {
        "Name": {"name": "x", "quantity": "1"},
        "Quantity": {"name": "Lamp", "quantity": "101"},
        "Email": {"quantity": "1", "email": "ada"},
    }.items():
        fill(visit, **values)
        field = visit.result.get_by_label(label)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_be_focused()
        expect(field).to_have_accessible_description(re.compile(r"\w"))
        expect(wrong).to_have_count(1)

    fill(visit, email="ada@example.com")
    expect(wrong).to_have_count(0)
    expect(visit.result.get_by_role("button", name="Delete Lamp")).to_be_visible()


def test_a_taken_name_is_said_at_the_name(visit: Visit) -> None:
    visit.expected = "status of 409"
    visit.open("/items")
    fill(visit, name="pencil", quantity="1")
    expect(visit.result.get_by_label("Name")).to_have_accessible_description(
        "There is an item “pencil” already"
    )


def start_notifications(visit: Visit, way: Way, *, user_id: str) -> None:
    """Asks for those of the user, who is told to the server."""
    with visit.page.expect_request(re.compile(rf"/api/notifications/.*user_id={user_id}$")):
        visit.result.get_by_label("User").fill(user_id)
        if way is Way.CALLBACKS:
            visit.press("Start Live Updates")


def fetch(visit: Visit, way: Way, *, name: str) -> None:
    """Downloads the file."""
    row = visit.result.get_by_role("listitem").filter(has_text=name)
    match way:
        case Way.CALLBACKS:
            row.get_by_role("button", name="Download").click()
        case Way.LIVE:
            row.get_by_role("button", name="Fetch").click()
            visit.result.get_by_role("link", name=f"Save {name}").click()


def ask(visit: Visit, message: str) -> Locator:
    """Sends a message; the reply as it is shown."""
    visit.result.get_by_label("Message").fill(message)
    visit.press("Send")
    return visit.result.get_by_role("log").locator("p").nth(1)


def fill(visit: Visit, **values: str) -> None:
    """Fills the form of the page Items, and sends it."""
    for name, value in values.items():
        visit.result.get_by_label(name.capitalize()).fill(value)
    visit.press("Add")


def made_up(site: Site, name: str) -> Any:
    """A module of the demo that makes up its data: what it makes, the page must show."""
    path = site.root / f"backend/data/{name}.py"
    spec = spec_from_file_location(f"made_up_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


def served(site: Site, path: str, *, method: str = "GET") -> bytes:
    """What the server answers without a browser."""
    request = urllib.request.Request(site.url + path, method=method)
    with urllib.request.urlopen(request, timeout=20) as response:
        return bytes(response.read())


def digest(content: bytes) -> str:
    """What is short enough to read when it differs."""
    return f"{len(content)} bytes, {hashlib.sha256(content).hexdigest()}"
