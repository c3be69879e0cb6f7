"""What is built and started holds against attacks by pages of other sites, by users and by texts.

The attacks are those of the classes "auth and headers" and "leaks and logs" in
`tests/cases/adversarial.json`, by number.
"""

import http.client
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page

import browser_scripts
from attacked import SETTING, add_attacked
from demo_site import BUILT, Site, served
from fluidkit_cli.client.filenames import filename_of
from fluidkit_cli.workspace import Mode
from running import wait_for

pytestmark = pytest.mark.workspace

CASES = Path(__file__).parents[2] / "cases/adversarial.json"
CLASSES = {"auth and headers", "leaks and logs"}
SECRET = "canary-of-the-settings"
EVIL = "http://evil.example"
KEY_OF_A = {"Cookie": "key=key-of-a"}
KEY_OF_B = {"Cookie": "key=key-of-b"}


@pytest.fixture(scope="module", params=BUILT, ids="-".join)
def site(
    request: pytest.FixtureRequest,
    demos: dict[Mode, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """A demo with the attacked routes, as `fluidkit start` runs it."""
    mode, how = request.param
    root = tmp_path_factory.mktemp("attacked") / "shop"
    shutil.copytree(demos[mode], root, symlinks=True)
    add_attacked(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SETTING, SECRET)
        with served(root, mode=mode, how=how) as site:
            yield site


@dataclass(frozen=True, slots=True)
class Answer:
    """All that came; `headers` as they were sent."""

    status: int
    headers: list[tuple[str, str]]
    body: str

    def named(self, name: str) -> list[str]:
        return [value for each, value in self.headers if each.lower() == name]


def ask(
    site: Site, path: str, headers: Mapping[str, str] | None = None, *, body: str | None = None
) -> Answer:
    """A GET, or a POST of `body`; of a stream, what came until it ended or broke."""
    connection = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=20)
    method = "GET" if body is None else "POST"
    connection.request(method, f"/api/attacked{path}", body=body, headers=dict(headers or {}))
    response = connection.getresponse()
    try:
        content = response.read()
    except http.client.IncompleteRead as error:
        content = error.partial
    connection.close()
    return Answer(response.status, response.getheaders(), content.decode())


def first_id(site: Site, path: str, headers: Mapping[str, str]) -> str:
    """That of the first event of a stream, which is left then."""
    connection = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=20)
    connection.request("GET", f"/api/attacked{path}", headers=dict(headers))
    response = connection.getresponse()
    assert response.status == 200, response.read()
    while line := response.readline():
        if line.startswith(b"id:"):
            connection.close()
            return line[3:].decode().strip()
    raise AssertionError("the stream ended without an event")


def asked(site: Site) -> list[str]:
    """What the routes that change something were asked."""
    return list(json.loads(ask(site, "/asked").body))


def log(site: Site) -> str:
    return (site.root.parent / "start.log").read_bytes().decode()


@pytest.fixture
def evil_page(browser: Browser, site: Site, tmp_path: Path) -> Iterator[Page]:
    """A page of another site, open in the browser of somebody who has a key."""
    context = browser.new_context()
    context.add_cookies([{"name": "key", "value": "key-of-a", "url": site.url}])
    page = context.new_page()
    with browser_scripts.served(tmp_path) as url:
        page.goto(url.replace("127.0.0.1", "evil.localhost"))
        yield page
    context.close()


CSRF = ['{"m":"x', '"}']


@pytest.mark.browser
@pytest.mark.attack(82)
def test_a_form_of_another_site_changes_nothing(site: Site, evil_page: Page) -> None:
    form = f"""() => {{
        document.body.innerHTML = `<form method=post enctype=text/plain
            action="{site.url}/api/attacked/orders"><input></form>`;
        const [input] = document.getElementsByTagName('input');
        [input.name, input.value] = {json.dumps(CSRF)};
        document.forms[0].submit();
    }}"""
    with evil_page.expect_response("**/orders") as response:
        evil_page.evaluate(form)
    assert response.value.status == 403
    assert "ALLOWED_ORIGINS" in response.value.text()
    assert asked(site) == []


@pytest.mark.attack(82)
@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""],
)
@pytest.mark.parametrize("known", [{"Origin": EVIL}, {"Sec-Fetch-Site": "cross-site"}, {}])
def test_what_a_form_can_send_is_no_json(site: Site, kind: str, known: dict[str, str]) -> None:
    headers = {**KEY_OF_A, **known, **({"Content-Type": kind} if kind else {})}
    answer = ask(site, "/orders", headers, body="=".join(CSRF))
    assert answer.status == (403 if known else 422)
    assert asked(site) == []


@pytest.mark.browser
@pytest.mark.attack(83)
def test_an_event_source_of_another_site_hears_nothing(site: Site, evil_page: Page) -> None:
    listen = """(url) => new Promise((tell) => {
        const source = new EventSource(url, { withCredentials: true });
        source.onmessage = () => tell('heard');
        source.onerror = () => tell(source.readyState === EventSource.CLOSED ? 'refused' : 'lost');
    })"""
    assert evil_page.evaluate(listen, f"{site.url}/api/attacked/feed") == "refused"
    assert asked(site) == []


@pytest.mark.attack(83)
@pytest.mark.parametrize("known", [{"Origin": EVIL}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_stream_is_not_begun_for_another_site(site: Site, known: dict[str, str]) -> None:
    answer = ask(site, "/feed", {**KEY_OF_A, **known})
    assert answer.status == 403
    assert answer.named("access-control-allow-origin") == []
    assert asked(site) == []


NAMES = [
    pytest.param("a\r\nX-Evil: 1", "aX-Evil_ 1", marks=pytest.mark.attack(85)),
    pytest.param('a"; x="', "a_; x=_", marks=pytest.mark.attack(86)),
    pytest.param("..\\..\\x", "x", marks=pytest.mark.attack(88)),
    pytest.param("../../x", "x", marks=pytest.mark.attack(88)),
    pytest.param("con.txt", "_con.txt", marks=pytest.mark.attack(89)),
    pytest.param("a\u202etxt.exe", "atxt.exe", marks=pytest.mark.attack(89)),
    pytest.param("n" * 4096, "n" * 255, marks=pytest.mark.attack(89)),
]


@pytest.mark.parametrize(("name", "saved"), NAMES)
def test_a_file_comes_under_a_name_that_does_no_harm(site: Site, name: str, saved: str) -> None:
    answer = ask(site, f"/stored?name={quote(name)}")
    (header,) = answer.named("content-disposition")
    assert filename_of(header, "/") == saved
    assert re.fullmatch(r'attachment; filename="[^"\\/\x00-\x1f\x7f-\uffff]{1,255}"', header)
    assert answer.named("x-evil") == []
    assert answer.named("x-content-type-options") == ["nosniff"]


@pytest.mark.parametrize(("name", "saved"), NAMES)
def test_a_header_that_was_written_by_hand_does_none_either(
    site: Site, name: str, saved: str
) -> None:
    written = name.replace("\u202e", "")  # which is in no header: Starlette refuses
    answer = ask(site, f"/written?name={quote(written)}")
    (header,) = answer.named("content-disposition")
    assert re.fullmatch(r'attachment; filename="[^"\\/\x00-\x1f\x7f-\uffff]{1,255}"', header)
    assert answer.named("x-evil") == []
    assert answer.named("x-content-type-options") == ["nosniff"]


@pytest.mark.attack(91)
def test_an_id_of_another_user_opens_nothing_of_a_channel(site: Site) -> None:
    ask(site, "/rooms/a?text=first", KEY_OF_A, body="")
    ask(site, "/rooms/a?text=secret", KEY_OF_A, body="")
    seen = first_id(site, "/rooms/a", {**KEY_OF_A, "Last-Event-ID": "0-0"})
    resumed = {"Last-Event-ID": seen}
    assert ask(site, "/rooms/a", {**KEY_OF_B, **resumed}).status == 403
    assert ask(site, "/rooms/a", resumed).status == 401
    assert first_id(site, "/rooms/a", {**KEY_OF_A, **resumed}) != seen


@pytest.mark.attack(91)
def test_an_id_of_another_user_opens_nothing_of_a_run(site: Site) -> None:
    run = json.loads(ask(site, "/runs", KEY_OF_A, body="").body)
    mine = ask(site, f"/runs/{run}", KEY_OF_A)
    assert (mine.status, "event: Ended" in mine.body) == (200, True)
    seen = re.findall(r"^id: ?(.+)$", mine.body, re.MULTILINE)[0]
    assert ask(site, f"/runs/{run}", {**KEY_OF_B, "Last-Event-ID": seen}).status == 404
    assert ask(site, f"/runs/{run}", {"Last-Event-ID": seen}).status == 401


def requested(site: Site, path: str, headers: str = "") -> None:
    """Asks for what no client would send as it stands."""
    connection = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=20)
    connection.connect()
    text = f"GET {path} HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n{headers}\r\n"
    connection.sock.sendall(text.encode("latin-1"))
    while connection.sock.recv(1 << 16):
        pass
    connection.close()


HARMFUL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]|\x1b(?!\[[\d;]*m)")


@pytest.mark.attack(103)
def test_no_request_and_no_print_steers_the_terminal(site: Site) -> None:
    path = "/api/%1b%5d0%3bpwn%07%1b%5b2J"
    requested(site, path)
    requested(site, path, "User-Agent: \x1b]52;c;UFdORUQ=\x07\r\n")
    ask(site, "/prints")
    wait_for(lambda: "printed" in log(site))
    wait_for(lambda: "/api/attacked/prints" in log(site))
    assert r"GET /api/\x1b]0;pwn\x07\x1b[2J" in log(site) or f"GET {path}" in log(site)
    assert HARMFUL.findall(log(site)) == []
    assert "green" in log(site)


@pytest.mark.attack(104)
def test_a_request_is_one_line_of_the_log(site: Site) -> None:
    requested(site, "/api/x%0aINFO:%20admin%20logged%20in%0d%0aINFO:%20again")
    wait_for(lambda: "again" in log(site))
    (line,) = [line for line in log(site).splitlines() if "logged" in line or "again" in line]
    assert "GET /api/x" in line


@pytest.mark.attack(106)
def test_a_secret_of_the_settings_is_in_nothing_that_is_made(site: Site) -> None:
    made = [site.root / "frontend/src/lib/api", site.root / "build", site.root / "api_client"]
    files = [file for folder in made for file in folder.rglob("*") if file.is_file()]
    assert len(files) > 100
    assert [str(file) for file in files if SECRET.encode() in file.read_bytes()] == []


@pytest.mark.attack(107)
def test_what_failed_in_a_stream_is_told_to_the_log_alone(site: Site) -> None:
    answer = ask(site, "/breaks")
    assert "canary" not in answer.body
    told = re.search(r'event: fluidkit.error\ndata: {"id": "(\w+)"}', answer.body)
    assert told, answer.body
    wait_for(lambda: told[1] in log(site))
    assert "canary of an error" in log(site)


@pytest.mark.attack(109)
def test_no_cookie_and_no_token_is_in_the_log(site: Site) -> None:
    secrets = {"Cookie": "s=canary-cookie; key=canary-key", "Authorization": "Bearer canary-token"}
    for path in ("/feed", "/fails", "/breaks", "/nothing"):
        ask(site, path, secrets)
    ask(site, "/orders", {**secrets, "Content-Type": "application/json"}, body="{")
    wait_for(lambda: "an error" in log(site))
    wait_for(lambda: "/api/attacked/orders" in log(site))
    for secret in ("canary-cookie", "canary-key", "canary-token"):
        assert secret not in log(site)


def test_every_attack_of_these_classes_is_tried(request: pytest.FixtureRequest) -> None:
    inputs = json.loads(CASES.read_text(encoding="utf-8"))["inputs"]
    tried = {
        mark.args[0]
        for item in request.session.items
        if item.path == Path(__file__)
        for mark in item.iter_markers("attack")
    }
    assert tried == {each["n"] for each in inputs if each["class"] in CLASSES}
