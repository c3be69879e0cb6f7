"""A tab that is open while a new build comes to be served."""

import pytest
from playwright.sync_api import Request

from demo_site import BUILT, Visit

pytestmark = [
    pytest.mark.workspace,
    pytest.mark.browser,
    pytest.mark.parametrize("site", BUILT, ids="-".join, indirect=True),
]


def is_page(request: Request) -> bool:
    return request.is_navigation_request()


def test_a_tab_of_the_last_build_takes_the_new_one_with_its_next_page(visit: Visit) -> None:
    page, pages = visit.page, visit.page.get_by_role("navigation", name="Pages")
    visit.open("/")
    page.evaluate("window.isOld = true")
    pages.get_by_role("link", name="Files").click()
    page.wait_for_url("**/files")
    assert page.evaluate("window.isOld")

    version = "**/_app/version.json"
    page.route(version, lambda route: route.fulfill(json={"version": "of the new build"}))
    with page.expect_response(version):  # as when somebody comes back to the tab
        page.evaluate("window.dispatchEvent(new Event('focus'))")
    with page.expect_request(is_page):
        pages.get_by_role("link", name="Items").click()
    page.wait_for_url("**/items")
    assert not page.evaluate("window.isOld")
