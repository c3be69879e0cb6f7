"""live() in a real browser: what its readers share, what survives an edit, and when it closes."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pulse_page import edit, numbers, visits, wait_for_more
from running import Running, wait_for
from svelte_check import assert_svelte_check_passes

pytestmark = [pytest.mark.workspace, pytest.mark.browser]


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
