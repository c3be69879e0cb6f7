"""What is built and started answers each hostile message as one, or refuses it, and lives on."""

import json
import re
import socket
from urllib.parse import urlsplit

import pytest

from demo_site import BUILT, Site
from running import answer

pytestmark = [
    pytest.mark.workspace,
    pytest.mark.parametrize("site", BUILT, ids="-".join, indirect=True),
]

GET = "GET /api/items HTTP/1.1\n"
POST = "POST /api/items HTTP/1.1\n"
HOST = "Host: shop.test\n"
CLOSE = "Connection: close\n"
CHUNKED = "Transfer-Encoding: chunked\n"
JSON = "Content-Type: application/json\n"
UPGRADE = (
    "GET /api/items HTTP/1.1\nHost: shop.test\nConnection: Upgrade\nUpgrade: websocket\n"
    "Sec-WebSocket-Version: 13\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\n"
)
NUMBER = '{"name": "ada", "quantity": %s}'


def of_json(body: str) -> str:
    return f"{POST}{HOST}{CLOSE}{JSON}Content-Length: {len(body)}\n\n{body}"


REFUSED = {
    "two lengths": f"{POST}{HOST}Content-Length: 2\nContent-Length: 2\n\nab",
    "a length and chunks": f"{POST}{HOST}{CHUNKED}Content-Length: 4\n\n0\n\n",
    "a signed length": f"{POST}{HOST}Content-Length: +2\n\nab",
    "a length before its colon": f"{POST}{HOST}Content-Length : 2\n\nab",
    "a coding of its own": f"{POST}{HOST}Transfer-Encoding: gzip, chunked\n\n0\n\n",
    "a coding that is none": f"{POST}{HOST}Transfer-Encoding: xchunked\n\n0\n\n",
    "a coding in a fold": f"{POST}{HOST}Transfer-Encoding:\n chunked\n\n0\n\n",
    "a chunk in hexadecimal": f"{POST}{HOST}{CHUNKED}\n0x3\nabc\n0\n\n",
    "a chunk that is too long": f"{POST}{HOST}{CHUNKED}\n3\nabcd\n0\n\n",
    "a chunk without an end": f"{POST}{HOST}{CHUNKED}\nfffffffffffffffff\nabc\n0\n\n",
    "a fold": f"{GET}{HOST}X-One: 1\n  2\n\n",
    "a bare return": f"{GET}{HOST}X-One: 1\rX-Two: 2\n\n",
    "a null": f"{GET}{HOST}X-One: \0\n\n",
    "no host": f"{GET}\n",
    "two hosts": f"{GET}{HOST}Host: evil.example\n\n",
    "a host with a path": f"{GET}Host: evil.example/x?y\n\n",
    "a host with a name": f"{GET}Host: shop.test@evil.example\n\n",
    "no path": "GET api/items HTTP/1.1\nHost: shop.test\n\n",
    "a preface of HTTP/2": "PRI * HTTP/2.0\n\nSM\n\n",
    "a handshake with a body": f"{UPGRADE}Content-Length: 4\n\nGET ",
    "a handshake that is too large": f"{UPGRADE}Cookie: {'c' * 9000}\n\n",
}
UNPROCESSABLE = {
    "no number": of_json(NUMBER % "NaN"),
    "no end of numbers": of_json(NUMBER % "-Infinity"),
    "too large a number": of_json(NUMBER % "1e999"),
    "half a character": of_json(NUMBER % r'"\ud800"'),
    "half a name": of_json(r'{"name": "\udc00\udc00", "quantity": "x"}'),
    "many names": of_json(json.dumps({str(number): 1 for number in range(20_000)})),
}
ANSWERED = {
    "an extension of a chunk": f'{POST}{HOST}{CLOSE}{JSON}{CHUNKED}\n2;a="b"\n{{}}\n0\n\n',
    "an offer of HTTP/2": f"{GET}{HOST}Connection: Upgrade, close\nUpgrade: h2c\n\n",
    "a host that others call their own": f"{GET}{HOST}Connection: close, host, cookie\n\n",
    "half a name of the API": f"GET /api/..%2f..%2f HTTP/1.1\n{HOST}{CLOSE}\n",
    "a null in a path": f"GET /%00 HTTP/1.1\n{HOST}{CLOSE}\n",
    "another host as a path": f"GET //evil.example/%2e%2e HTTP/1.1\n{HOST}{CLOSE}\n",
    "many ranges": f"GET / HTTP/1.1\n{HOST}{CLOSE}Range: bytes={'0-,' * 500}0-\n\n",
}


def sent(site: Site, text: str) -> bytes:
    """All that comes back until the connection is closed."""
    address = urlsplit(site.url)
    assert address.hostname and address.port
    received = b""
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        connection.sendall(text.replace("\n", "\r\n").encode("latin-1"))
        try:
            while data := connection.recv(65536):
                received += data
        except ConnectionResetError:  # it did not read all
            pass
    return received


def statuses(received: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


def is_alive(site: Site) -> bool:
    found = answer(f"{site.url}/readyz")
    return found is not None and found[0] == 200


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_request_is_refused_and_nothing_behind_it_is_read(site: Site, text: str) -> None:
    received = sent(site, text + GET + HOST + "\n")
    assert statuses(received) == [400], received
    assert is_alive(site)


@pytest.mark.parametrize("text", UNPROCESSABLE.values(), ids=UNPROCESSABLE.keys())
def test_json_that_is_none_is_unprocessable(site: Site, text: str) -> None:
    received = sent(site, text)
    assert statuses(received) == [422]
    assert len(received) < 5000


@pytest.mark.parametrize("text", ANSWERED.values(), ids=ANSWERED.keys())
def test_what_is_odd_has_one_answer(site: Site, text: str) -> None:
    [status] = statuses(sent(site, text))
    assert status < 500


@pytest.mark.parametrize("path", ["/api/welcome", "/", "/api/notifications/stream?user_id=1"])
def test_a_websocket_behind_another_request_ends_the_connection_alone(
    site: Site, path: str
) -> None:
    received = sent(site, f"GET {path} HTTP/1.1\n{HOST}\n{UPGRADE}\n")
    assert 101 not in statuses(received)
    assert is_alive(site)


def test_hundreds_of_requests_at_once_are_answered_in_turn(site: Site) -> None:
    received = sent(site, (GET + HOST + "\n") * 299 + GET + HOST + CLOSE + "\n")
    assert statuses(received) == [200] * 300


@pytest.mark.parametrize("target", ["shop.test:443", "/api/items"])
def test_nobody_is_let_through_to_other_hosts(site: Site, target: str) -> None:
    received = sent(site, f"CONNECT {target} HTTP/1.1\n{HOST}{CLOSE}\n")
    assert statuses(received)[0] in {400, 405}


def test_no_redirect_leads_where_the_client_has_said(site: Site) -> None:
    received = sent(site, f"GET /api/items/ HTTP/1.1\nHost: evil.example\n{CLOSE}\n")
    assert b"\r\nlocation: /api/items\r\n" in received
    assert b"evil.example" not in received
