"""The HTTP cases of server-sent events in a real browser, against a server that answers so."""

import json
from collections import defaultdict
from collections.abc import Iterator
from email.message import Message
from typing import Any

import pytest
from playwright.sync_api import Page

from browser_scripts import ROOT, RUNTIME, ScriptHandler, served, write_scripts
from running import wait_for

pytestmark = pytest.mark.browser

CASES = json.loads((ROOT / "tests/runtime/cases/sse.json").read_text(encoding="utf-8"))[
    "http_cases"
]
OK = {"status": 200, "content_type": "text/event-stream", "body": "data: data\n\n"}

OPEN = """
async ([runtime, address, leaves]) => {
	const { events } = await import(runtime);
	const seen = [];
	const onMessage = ({ data }) => {
		seen.push(data);
		if (leaves) stream.close();
	};
	const options = { reconnect: 'always', onMessage };
	const stream = events('GET', address, { events: 'any' }, options);
	Object.assign(window, { seen, stream });
}
"""
END = "window.stream.closed.then(({ reason }) => ({ reason, seen: window.seen }))"


class Answers(ScriptHandler):
    """Answers a request for a case as that says, and notes its headers."""

    asked: dict[str, list[Message]] = defaultdict(list)  # noqa: RUF012
    left: set[str] = set()  # noqa: RUF012

    def do_GET(self) -> None:
        if self.path == "/ok":
            self.reply(OK)
        elif self.path.startswith("/http-"):
            name = self.path.removeprefix("/")
            asked = self.asked[name]
            asked.append(self.headers)
            replies = replies_of(next(case for case in CASES if case["id"] == name))
            self.reply(replies[min(len(asked), len(replies)) - 1])
        else:
            super().do_GET()

    def reply(self, reply: dict[str, Any]) -> None:
        body = reply.get("body") or ""
        self.send_response(reply["status"])
        for header in ("content_type", "location"):
            if reply.get(header):
                self.send_header(header.replace("_", "-"), reply[header])
        self.end_headers()
        self.wfile.write(body.encode())
        if reply["status"] == 200 and not body.startswith("retry"):
            # it goes on, and ends with whoever reads it
            self.wfile.write(body.encode())
            self.wfile.flush()
            self.connection.settimeout(20)
            if self.rfile.read(1) == b"":
                self.left.add(self.path.removeprefix("/"))


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("http")
    write_scripts(folder)
    with served(folder, Answers) as url:
        yield url


@pytest.fixture(scope="module")
def opened(browser: Any, url: str) -> Iterator[Page]:
    """A page for all cases."""
    page = browser.new_page()
    page.goto(url)
    yield page
    page.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_browser_takes_the_answer_as_the_case_says(opened: Page, case: dict[str, Any]) -> None:
    name, expected = case["id"], case["expect"]
    asked = Answers.asked[name]
    leaves = expected in ("open", "cancel")
    opened.evaluate(OPEN, [f"/{RUNTIME}/runtime.ts", f"/{name}", leaves])
    match expected:
        case "open" | "cancel":
            assert opened.evaluate(END) == {"reason": "closed", "seen": ["data"]}
            assert len(asked) == 1
            if expected == "cancel":
                wait_for(lambda: name in Answers.left)
        case "closed":
            last = replies_of(case)[-1]["status"]
            assert opened.evaluate(END)["reason"] == ("complete" if last == 204 else "error")
            assert len(asked) == len(replies_of(case))
        case "header" | "reconnect":
            count = 1 if name == "http-34" else 2
            wait_for(lambda: len(asked) >= count)
            opened.evaluate("window.stream.close()")
            assert_headers(name, asked[count - 1])


def assert_headers(name: str, headers: Message) -> None:
    match name:
        case "http-34":
            assert headers["cache-control"] == "no-cache"
        case "http-37":
            assert headers["last-event-id"].encode("latin-1") == "…".encode()
        case _:
            assert headers["last-event-id"] is None


def replies_of(case: dict[str, Any]) -> list[dict[str, Any]]:
    response = case["response"]
    return response if isinstance(response, list) else [response]
