"""live() in a real browser when the backend dies, is away or sleeps, and at full load."""

import os
import signal
import time
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, expect

from pulse_page import edit, numbers, visits, wait_for_more
from running import Running, wait_for

pytestmark = [pytest.mark.workspace, pytest.mark.browser]

OUTAGE = float(os.environ.get("FLUIDKIT_OUTAGE", "2"))
"""Seconds without a backend; the benchmark has half a minute."""
GROWTH = 600_000
"""Bytes of heap that a thousand components may leave: a stream that stays has kilobytes."""


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


def test_a_thousand_components_that_come_and_go_leave_nothing(
    dev: Running, page: Page, project: Path, room: str
) -> None:
    page.goto(f"{dev.url}/comings?room={room}")
    browser = page.context.new_cdp_session(page)
    come_and_go(page, "Hundred")  # so that all that stays for good is there
    wait_for(lambda: is_empty(project, room))
    before = heap_in_use(browser)
    come_and_go(page, "Thousand")
    wait_for(lambda: is_empty(project, room))
    assert heap_in_use(browser) - before < GROWTH
    assert len(visits(project, room)) > 500


def test_ten_thousand_events_a_second_are_shown_once_a_frame(dev: Running, page: Page) -> None:
    page.goto(f"{dev.url}/flood?seconds=2")
    expect(page.locator("strong")).to_have_text("19999")
    expect(page.get_by_role("status")).to_have_text("closed")
    shown = [int(text) for text in page.locator("li").all_inner_texts()]
    assert shown == list(range(19_900, 20_000))
    flood = page.evaluate("window.flood")
    assert 1 < flood["updates"] <= len(flood["frames"]) + 1


def come_and_go(page: Page, times: str) -> None:
    page.get_by_role("button", name=times).click()
    expect(page.get_by_role("status")).to_have_text("0", timeout=60_000)


def is_empty(project: Path, room: str) -> bool:
    """Whether every stream of the room that was opened is closed."""
    noted = visits(project, room)
    return noted.count("close") * 2 == len(noted) > 0


def kill_worker(dev: Running) -> int:
    """Ends the process that serves the API, which this test's own `dev` started."""
    worker = int(dev.state["api"]["pid"])
    os.kill(worker, signal.SIGKILL)
    return worker


def heap_in_use(browser: CDPSession) -> int:
    browser.send("HeapProfiler.collectGarbage")
    return int(browser.send("Runtime.getHeapUsage")["usedSize"])
