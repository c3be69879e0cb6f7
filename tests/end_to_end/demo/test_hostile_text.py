"""Whatever a server streams, or a visitor writes, the demo's pages show as text: it runs nothing.

These are the shared hostile inputs 100 and 101, and others of their kinds.
"""

import json
import re

import pytest
from playwright.sync_api import Route, expect

from demo_site import Visit

from .test_demo import Way, ask, fill, start_notifications

# Pages that are rendered on a server first, and then in the browser: the others have no more code.
pytestmark = [
    pytest.mark.workspace,
    pytest.mark.browser,
    pytest.mark.parametrize("site", [("ssr", "start")], indirect=True, ids="-".join),
]

RUN = "globalThis.PWNED=1"
HOSTILE = [
    f"<img src=x onerror={RUN}>",
    f"<img/src='x'/onerror='{RUN}'>",
    f"<svg onload={RUN}>",
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    "</p></div><iframe srcdoc='<script>parent.PWNED=1</script>'></iframe>",
    f"<details open ontoggle={RUN}><summary>x</summary></details>",
    f"<input autofocus onfocus={RUN}>",
    f'"><style>@import "javascript:{RUN}";</style>',
    f"&lt;img src=x onerror={RUN}&gt;",
    f"{{{RUN}}} {{@html '<img src=x onerror={RUN}>'}} ${{{RUN}}} {{{{{RUN}}}}}",
    f"[x](javascript:{RUN})",
    f"![x](x onerror={RUN})",
    f"<javascript:{RUN}>",
    f"javascript:{RUN}",
    f"[x]: data:text/html,<script>{RUN}</script>\n[x]",
    f"<a href=javascript:{RUN}>x</a>",
]
LIVE = "img, svg[onload], script, iframe, details, input[onfocus], style, a, object, embed"
LONGEST_NAME = 40
TOGETHER = " ".join(HOSTILE)


@pytest.fixture(params=list(Way), ids=lambda way: way.name.lower())
def way(request: pytest.FixtureRequest) -> Way:
    """Which of a page's two components is asked for."""
    return Way(request.param)


def test_tokens_of_a_chat_are_text(visit: Visit, way: Way) -> None:
    # A tag that comes in pieces is one as well.
    tokens = [*HOSTILE, *re.findall(r".", HOSTILE[0]), *HOSTILE]
    events = [f"event: token\ndata: {json.dumps({'text': token})}\n\n" for token in tokens]
    asked = {"question": TOGETHER, "text": "", "usage": None}
    events.insert(0, f"event: answer\ndata: {json.dumps(asked)}\n\n")
    answers(visit, "**/api/chat", json.dumps("hostile"), kind="application/json", status=202)
    answers(visit, "**/api/chat/hostile", "".join(events), kind="text/event-stream")
    visit.open("/chat" + way)
    reply = ask(visit, TOGETHER)
    expect(reply).to_contain_text(plain("".join(tokens)))
    expect(visit.result.get_by_role("log").locator("p").first).to_contain_text(plain(TOGETHER))
    assert_nothing_ran(visit)


def test_why_a_chat_failed_is_text(visit: Visit, way: Way) -> None:
    visit.expected = "status of 409"
    refusal = json.dumps({"detail": HOSTILE[0]})
    answers(visit, "**/api/chat", refusal, kind="application/json", status=409)
    visit.open("/chat" + way)
    ask(visit, "Hello!")
    expect(visit.result.get_by_role("alert")).to_contain_text(HOSTILE[0])
    assert_nothing_ran(visit)


def test_notifications_are_text(visit: Visit, way: Way) -> None:
    events = [
        "event: notification\n"
        f"data: {json.dumps({'id': n, 'message': text, 'time': '2026-11-21T04:30:00Z'})}\n\n"
        for n, text in enumerate(HOSTILE)
    ]
    answers(visit, "**/api/notifications/**", "".join(events), kind="text/event-stream")
    visit.open("/notifications" + way)
    start_notifications(visit, way, user_id="42")
    log = visit.result.get_by_role("log", name="Notifications")
    for text in HOSTILE:
        expect(log).to_contain_text(plain(text))
    assert_nothing_ran(visit)


def test_lines_of_a_log_are_text(visit: Visit, way: Way) -> None:
    lines = "".join(f"04:30:00 INFO {plain(text)}\n" for text in HOSTILE)
    answers(visit, "**/api/logs/**", lines, kind="text/plain")
    visit.open("/logs" + way)
    if way is Way.CALLBACKS:
        visit.press("Run the job")
    for text in HOSTILE:
        expect(visit.result.get_by_role("log")).to_contain_text(plain(text))
    assert_nothing_ran(visit)


def test_names_of_records_are_text(visit: Visit, way: Way) -> None:
    rows = [{"name": text, "value": 1, "time": "2026-11-21T04:30:00Z"} for text in HOSTILE]
    body = "".join(f"{json.dumps(row)}\n" for row in rows)
    answers(visit, "**/api/analytics/**", body, kind="application/jsonl")
    visit.open("/analytics" + way)
    if way is Way.CALLBACKS:
        visit.press("Load Analytics Data")
    expect(visit.result.get_by_text(f"Records loaded: {len(HOSTILE)}")).to_be_visible()
    expect(visit.result).to_contain_text(plain(HOSTILE[-1]))
    assert_nothing_ran(visit)


def test_names_of_items_are_text_also_where_the_server_renders_them(visit: Visit) -> None:
    names = [text for text in HOSTILE if len(text) <= LONGEST_NAME]
    assert len(names) > 3
    visit.open("/items")
    for name in names:
        fill(visit, name=name, quantity="7")
        expect(visit.result.get_by_text(name, exact=True)).to_be_visible()
    visit.open("/items")
    for name in names:
        expect(visit.result.get_by_text(name, exact=True)).to_be_visible()
    assert_nothing_ran(visit)
    for name in names:
        visit.result.get_by_role("button", name=f"Delete {name}", exact=True).click()
        expect(visit.result.get_by_text(name, exact=True)).to_have_count(0)


def answers(visit: Visit, path: str, body: str, *, kind: str, status: int = 200) -> None:
    """Has whoever asks for the path get this."""

    def answer(route: Route) -> None:
        route.fulfill(status=status, content_type=kind, body=body)

    visit.page.route(path, answer)


def assert_nothing_ran(visit: Visit) -> None:
    """Of all that might, nothing is an element; and nothing has run."""
    assert visit.result.locator("[role=log], ul, ol").locator(LIVE).count() == 0
    assert visit.page.evaluate("globalThis.PWNED") is None
    assert visit.page.evaluate("Object.keys({}).length || ({}).PWNED") in (0, None)


def plain(text: str) -> str:
    """As a page shows it, with its white space."""
    return " ".join(text.split())
