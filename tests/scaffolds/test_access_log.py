"""`backend/serving/access.py` and `logs.py` of every workspace: what is said of each request."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from running import answer, wait_for
from scaffolds.backends import backend_module
from scaffolds.launching import LOGGED, TIME, Launched, launched

CANARY = "canary"
LONG = r"([2-9]\d\d ms|[\d.]+ s)"


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    with launched(tmp_path_factory.mktemp("text"), LOG_LEVEL="debug") as run:
        yield run


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    with launched(tmp_path_factory.mktemp("json"), LOG_FORMAT="json") as run:
        yield run


def send_raw(run: Launched, request: bytes) -> bytes:
    """The answer to what no client of HTTP would send."""
    with socket.create_connection(("127.0.0.1", run.port), timeout=20) as connection:
        connection.sendall(request)
        return connection.makefile("rb").readline()


def line_with(run: Launched, part: str) -> str:
    """The one line of the access log that has it."""

    def found() -> list[str]:
        return [line for line in run.output.splitlines() if part in line]

    [line] = wait_for(found)
    return str(line)


def test_a_request_is_one_line(text: Launched) -> None:
    answer(f"{text.url}/api/slow?seconds=0.2&name=one_line")
    line = line_with(text, "/api/slow")
    assert re.fullmatch(rf"{TIME} 127\.0\.0\.1 GET /api/slow 200 · {LONG} · 6 B", line)


def test_a_stream_is_one_when_it_ends(text: Launched) -> None:
    with closing(HTTPConnection("127.0.0.1", text.port, timeout=20)) as connection:
        connection.request("POST", "/api/ticks?seconds=0.3")
        body = connection.getresponse().read()
    line = line_with(text, "POST /api/ticks")
    assert re.search(rf"POST /api/ticks 200 · {LONG} · {len(body)} B$", line)


def test_a_client_that_leaves_is_told_from_an_end(text: Launched) -> None:
    with closing(HTTPConnection("127.0.0.1", text.port, timeout=20)) as connection:
        connection.request("GET", "/api/ticks")
        connection.getresponse().read(5)
    assert line_with(text, "GET /api/ticks").endswith(" · left by the client")


def test_a_websocket_is_one_too(text: Launched) -> None:
    with connect(f"ws://127.0.0.1:{text.port}/api/echo") as websocket:
        websocket.send("echo")
        assert websocket.recv() == "echo"
    line = line_with(text, "/api/echo")
    assert re.search(r" WebSocket /api/echo 101 · [\d.]+ m?s · 4 B · left by the client$", line)


def test_a_websocket_that_the_app_denies_has_its_status(text: Launched) -> None:
    with pytest.raises(InvalidStatus), connect(f"ws://127.0.0.1:{text.port}/api/denied"):
        pass
    line = line_with(text, "/api/denied")
    assert re.search(r" WebSocket /api/denied 404 · \d+ ms · 25 B$", line)


def test_a_failure_is_a_line_and_a_traceback(text: Launched) -> None:
    assert answer(f"{text.url}/api/fails") == (500, "Internal Server Error")
    assert " GET /api/fails 500 · " in line_with(text, "/api/fails")
    wait_for(lambda: "RuntimeError" in text.errors)
    assert r"RuntimeError: \x1b[2J\u202e" in text.errors
    assert not re.search("[\x1b\u202e]", text.errors)
    forged = [line for line in text.errors.splitlines() if line.endswith("admin came")]
    assert [line[:2] for line in forged] == ["  "]


def test_objects_have_all_that_lines_have(objects: Launched) -> None:
    answer(f"{objects.url}/api/slow?seconds=0")
    found = json.loads(line_with(objects, "/api/slow"))
    assert tuple(found) == LOGGED
    assert re.fullmatch(TIME, found.pop("time"))
    assert found.pop("ms") < 20_000
    assert found.pop("message").startswith("GET /api/slow 200 · ")
    assert found == {
        "level": "info",
        "logger": "backend.serving.access",
        "request": "",
        "client": "127.0.0.1",
        "method": "GET",
        "path": "/api/slow",
        "status": 200,
        "bytes": 6,
        "ending": "whole",
    }


def test_a_server_in_front_names_a_request(objects: Launched) -> None:
    with closing(HTTPConnection("127.0.0.1", objects.port, timeout=20)) as connection:
        connection.request("GET", "/api/named", headers={"X-Request-Id": "a-1 \xe9"})
        connection.getresponse().read()
    assert json.loads(line_with(objects, "/api/named"))["request"] == "a-1%20%e9"


def test_colours_are_for_eyes(tmp_path: Path) -> None:
    for style in ("text", "json"):
        with launched(tmp_path / style, FORCE_COLOR="1", LOG_FORMAT=style) as run:
            answer(f"{run.url}/api/slow?seconds=0")
            line = line_with(run, "/api/slow")
        assert ("\x1b[32m200\x1b[0m" in line) == (style == "text")
        assert "u001b" not in line


def test_failures_are_objects_too(objects: Launched) -> None:
    answer(f"{objects.url}/api/fails")
    lines = wait_for(lambda: [line for line in objects.errors.splitlines() if "Runtime" in line])
    assert "RuntimeError" in json.loads(lines[0])["exception"]


def test_health_checks_are_no_news(text: Launched) -> None:
    answer(f"{text.url}/healthz")
    answer(f"{text.url}/readyz")
    answer(f"{text.url}/api/after_them")
    wait_for(lambda: "/api/after_them" in text.output)
    assert "healthz" not in text.output
    assert "readyz" not in text.output


HOSTILE = [
    b"/%1b%5d0%3bpwn%07%1b%5b2J",
    b"/x%0aINFO:%20admin%20logged%20in",
    b"/x%0d%0a127.0.0.1%20GET%20/api%20200",
    b"/\x1b]0;pwn\x07",
    b"/\xe2\x80\xae\xc2\x9b2J",
    b"/%e2%80%ae%c2%9b2J",
    b"/" + b"x" * 5_000,
]


@pytest.mark.parametrize("style", ["text", "objects"])
@pytest.mark.parametrize("path", HOSTILE)
def test_no_client_draws_on_terminals_or_forges_lines(
    style: str, path: bytes, request: pytest.FixtureRequest
) -> None:
    run: Launched = request.getfixturevalue(style)
    before = len(run.output.splitlines())
    agent = b"User-Agent: \x1b]52;c;Y2FuYXJ5\x07"
    status = send_raw(run, b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n" + agent + b"\r\n\r\n")
    assert re.match(rb"HTTP/1.1 4\d\d ", status)
    answer(f"{run.url}/api/last")

    def added() -> list[str]:
        return run.output.splitlines()[before:]

    wait_for(lambda: added() and "/api/last" in added()[-1])
    assert len(added()) <= 2
    for line in added():
        assert len(line) < 1_000
        assert not re.search(r"[^ -~·]", line)


SECRETS = {
    "Cookie": f"s={CANARY}",
    "Authorization": f"Bearer {CANARY}",
    "Proxy-Authorization": CANARY,
    "X-Api-Key": CANARY,
    "Referer": f"http://x/?token={CANARY}",
}


def test_secrets_of_a_request_are_in_no_log(text: Launched) -> None:
    """At any level; `text` logs at the lowest."""
    for path in ("/api/pid", "/api/fails", "/api/nowhere"):
        with closing(HTTPConnection("127.0.0.1", text.port, timeout=20)) as connection:
            connection.request("GET", f"{path}?token={CANARY}", headers=SECRETS)
            connection.getresponse().read()
    before = text.output.count("WebSocket")
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13"
    upgrade = f"Connection: Upgrade\r\nUpgrade: websocket\r\n{key}\r\nCookie: {CANARY}"
    handshake = f"GET /api/echo?t={CANARY} HTTP/1.1\r\nHost: x\r\n{upgrade}\r\n\r\n"
    assert b"101" in send_raw(text, handshake.encode())
    wait_for(lambda: "/api/nowhere" in text.output and text.output.count("WebSocket") > before)
    assert CANARY not in text.output
    assert CANARY not in text.errors


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.0004, "0 ms"),
        (0.0114, "11 ms"),
        (12.34, "12.3 s"),
        (125, "2 min 5 s"),
        (11_400, "3 h 10 min"),
    ],
)
def test_durations_are_as_long_as_anybody_cares(seconds: float, shown: str) -> None:
    assert backend_module("serving.access").duration(seconds) == shown
