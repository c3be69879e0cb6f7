"""What all pages of the demo have in common: sources, server rendering, keys, small screens."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from demo_site import BUILT, Visit
from running import wait_for

pytestmark = [pytest.mark.workspace, pytest.mark.browser]

PICTURES = Path(__file__).parents[3] / "artifacts/demo"

MAIN_CONTROLS = {
    "/": "Chat",
    "/notifications": "Start Live Updates",
    "/files": "Download",
    "/analytics": "Load Analytics Data",
    "/logs": "Run the job",
    "/chat": "Send",
    "/jobs": "Export",
    "/items": "Add",
}

SCREENS = {"desktop": (1280, 900), "phone": (390, 844), "small phone": (320, 640)}

SHOWN_BY_SERVER = """(html) => {
    const main = new DOMParser().parseFromString(html, 'text/html').querySelector('main');
    return main?.textContent.replace(/\\s+/g, ' ').trim() ?? '';
}"""

OUTLINE = """(control) => {
    const styles = [null, '::before', '::after'].map((part) => getComputedStyle(control, part));
    const drawn = styles.filter(({ outlineStyle }) => outlineStyle !== 'none');
    return Math.max(0, ...drawn.map(({ outlineWidth }) => parseFloat(outlineWidth)));
}"""

SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

BRIGHTNESS = """() => {
    const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g);
    return (Number(red) + Number(green) + Number(blue)) / 3;
}"""


def test_the_first_page_counts_visits_in_a_cookie(visit: Visit) -> None:
    shown = visit.page.locator("main").get_by_role("definition").first
    for visits in ("1", "2"):
        visit.open("/")
        expect(shown).to_have_text(visits)
    cookies = {cookie.get("name"): cookie for cookie in visit.page.context.cookies()}
    assert cookies["visits"].get("value") == "2"
    assert cookies["visits"].get("httpOnly") is True


def test_every_page_is_reached_from_the_first_one(visit: Visit) -> None:
    visit.open("/")
    names = visit.page.get_by_role("navigation", name="Pages").get_by_role("link")
    assert names.count() == 7
    for name in names.all_inner_texts():
        visit.page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
        expect(visit.page.get_by_role("heading", level=1)).to_have_text(name)


def test_every_page_shows_its_own_sources(visit: Visit) -> None:
    shown = []
    for name in ("notifications", "files", "analytics", "logs", "chat", "jobs", "items"):
        visit.open(f"/{name}")
        ways = visit.page.get_by_role("navigation", name="Written with").get_by_role("link")
        shown += files_shown(visit, name)
        if ways.count():
            ways.last.click()
            expect(ways.last).to_have_attribute("aria-current", "true")
            shown += files_shown(visit, name)
    assert len(set(shown)) == 7 + 6 * 2 + 1  # what Items is made of is written once


def test_in_ssr_the_server_draws_what_the_browser_keeps(visit: Visit) -> None:
    for path in MAIN_CONTROLS:
        response = visit.open(path)
        drawn = visit.page.evaluate(SHOWN_BY_SERVER, response.text())
        match visit.site.mode:
            case "spa":
                assert drawn == ""
            case "ssr":
                kept = visit.page.locator("main").evaluate("main => main.textContent")
                assert drawn == re.sub(r"\s+", " ", kept).strip()
                assert len(drawn) > 200


@pytest.mark.parametrize("site", BUILT, ids="-".join, indirect=True)
@pytest.mark.parametrize(("path", "name"), MAIN_CONTROLS.items())
def test_the_main_control_is_reached_by_tab_and_shows_it(
    visit: Visit, path: str, name: str
) -> None:
    visit.expected = "status of 422"  # the form is sent empty
    visit.open(path)
    main = visit.page.locator("main")
    control = main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name)).first
    for _ in range(25):
        visit.page.keyboard.press("Tab")
        if control.evaluate("each => each === document.activeElement"):
            break
    expect(control).to_be_focused()
    assert control.evaluate(OUTLINE) >= 2
    before = main.inner_text()
    visit.page.keyboard.press("Enter")
    wait_for(lambda: main.inner_text() != before)


@pytest.mark.parametrize("site", BUILT, ids="-".join, indirect=True)
@pytest.mark.parametrize("path", MAIN_CONTROLS)
def test_a_page_fits_every_screen_in_light_and_dark(visit: Visit, path: str) -> None:
    visit.expected = "status of 422"
    visit.open(path)
    show_something(visit, path)
    name = path.strip("/") or "first page"
    for screen, (width, height) in SCREENS.items():
        visit.page.set_viewport_size({"width": width, "height": height})
        brightness = {}
        for scheme in ("light", "dark"):
            visit.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert visit.page.evaluate(SIDEWAYS) <= 0, f"it scrolls sideways on a {screen}"
            brightness[scheme] = visit.page.evaluate(BRIGHTNESS)
            picture = PICTURES / visit.site.mode / f"{name} {screen} {scheme}.png"
            visit.page.screenshot(path=picture, full_page=True)
        assert brightness["light"] > 200
        assert brightness["dark"] < 60


def show_something(visit: Visit, path: str) -> None:
    """Uses the page, so that there is something to look at."""
    if path == "/":
        return
    if path == "/items":
        visit.result.get_by_label("Name").fill("x")
    visit.result.get_by_role("button", name=MAIN_CONTROLS[path]).last.click()
    arrived = {
        "/notifications": visit.result.locator("time").nth(2),
        "/files": visit.result.get_by_role("progressbar"),
        "/analytics": visit.result.get_by_text("Records loaded: 5000"),
        "/logs": visit.result.get_by_text("is live in 4 regions"),
        "/chat": visit.result.locator("small"),
        "/jobs": visit.result.get_by_role("progressbar"),
        "/items": visit.result.locator("[aria-invalid=true]"),
    }
    expect(arrived[path]).to_be_visible()


def files_shown(visit: Visit, name: str) -> list[str]:
    """The files beside the result, each equal to the one that it is said to be."""
    found = []
    for tab in visit.page.get_by_role("tablist", name="Source files").get_by_role("tab").all():
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        file = tab.inner_text()
        folder = "backend/routes" if file.endswith(".py") else f"frontend/src/routes/{name}"
        source = (visit.site.root / folder / file).read_text(encoding="utf-8")
        assert visit.page.get_by_role("tabpanel").text_content() == source, file
        found.append(f"{folder}/{file}")
    return found
