"""What an audit looks at first in the built demo: sizes, caching, heads, the console, the policy.

That nothing is in the console is what every visit is content with.
"""

import re

import pytest
from playwright.sync_api import Response, expect

from demo_site import BUILT, Visit

pytestmark = [
    pytest.mark.workspace,
    pytest.mark.browser,
    pytest.mark.parametrize("site", BUILT, ids="-".join, indirect=True),
]

PATHS = ["/", "/notifications", "/files", "/analytics", "/logs", "/chat", "/jobs", "/items"]
COMPRESSIBLE = re.compile(r"text/|javascript|json|svg|xml")
WORTH_IT = 1400
"""Bytes below which a file fits into one packet anyhow."""

FOR_EVER = "public,max-age=31536000,immutable"
BLOCKING = """() => [...document.querySelectorAll('head script')]
    .filter((script) => script.src && !script.defer && !script.async && script.type !== 'module')
    .map((script) => script.src)"""
INJECT = """() => {
    window.refused = new Set();
    addEventListener('securitypolicyviolation', (event) => refused.add(event.effectiveDirective));
    const script = document.createElement('script');
    script.text = 'window.injected = true';
    const image = document.createElement('div');
    image.innerHTML = '<img src="data:," onerror="window.injected = true">';
    document.body.append(script, image);
}"""


def loaded(visit: Visit, path: str) -> list[Response]:
    """All that the page took from the site, but for what the API answered."""
    responses: list[Response] = []
    visit.page.on("response", lambda response: responses.append(response))  # noqa: PLW0108
    visit.open(path)
    return [each for each in responses if f"{visit.site.url}/api/" not in each.url]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_tells_of_itself_and_runs_nothing_that_is_injected(visit: Visit, path: str) -> None:
    visit.expected = "Content Security Policy"
    response = visit.open(path)
    assert "frame-ancestors 'self'" in response.headers["content-security-policy"]
    assert visit.page.title()
    description = visit.page.locator("meta[name=description]")
    expect(description).to_have_attribute("content", re.compile(r"\w+ \w+"))
    expect(visit.page.locator("html")).to_have_attribute("lang", "en")
    expect(visit.page.locator("meta[name=viewport]")).to_be_attached()
    assert visit.page.evaluate(BLOCKING) == []
    visit.assert_content()
    visit.page.evaluate(INJECT)
    visit.page.wait_for_function("window.refused?.size === 2")
    assert visit.page.evaluate("window.injected") is None


def test_files_come_compressed_and_are_kept(visit: Visit) -> None:
    files = [each for each in loaded(visit, "/chat") if "/_app/immutable/" in each.url]
    assert len(files) > 5
    for file in files:
        headers = file.all_headers()
        assert headers["cache-control"].replace(" ", "") == FOR_EVER
        if COMPRESSIBLE.search(headers["content-type"]) and len(file.body()) > WORTH_IT:
            assert headers.get("content-encoding") == "br", file.url


def test_a_second_visit_loads_no_file_again(visit: Visit) -> None:
    visit.open("/chat")
    again = [each for each in loaded(visit, "/chat") if "/_app/immutable/" in each.url]
    sizes = [
        timing["transferSize"]
        for timing in visit.page.evaluate(
            "performance.getEntriesByType('resource').map((each) => each.toJSON())"
        )
        if "/_app/immutable/" in timing["name"]
    ]
    assert again
    assert set(sizes) == {0}


def test_the_documentation_of_the_api_is_shown(visit: Visit) -> None:
    bundle = "window.SwaggerUIBundle = (options) => (document.title = options.url);"
    bundle += "SwaggerUIBundle.presets = {}; SwaggerUIBundle.SwaggerUIStandalonePreset = {};"
    visit.page.route(
        re.compile("^https://"),
        lambda route: route.fulfill(
            body=bundle if route.request.url.endswith(".js") else "",
            content_type="text/javascript" if route.request.url.endswith(".js") else "text/css",
        ),
    )
    visit.page.goto(f"{visit.site.url}/api/docs")
    expect(visit.page).to_have_title("/api/openapi.json")
