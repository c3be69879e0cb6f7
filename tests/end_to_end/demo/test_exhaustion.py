"""What is built and started goes on for others while one client takes all that it can.

The attacks are those of the class "resource exhaustion" in `tests/cases/adversarial.json`, by
number. 110, slow readers, is in `tests/scaffolds/test_held.py`, 115 by many parts in
`tests/scaffolds/test_limits.py`, and how soon slow senders go in `test_header_timeout.py` there.
"""

import http.client
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from urllib.parse import urlsplit

import pytest

from demo_site import BUILT, Site
from running import answer, wait_for

pytestmark = [
    pytest.mark.workspace,
    pytest.mark.parametrize("site", BUILT, ids="-".join, indirect=True),
]

COOKIE = {"Cookie": "session=of-one-user"}
FEED = "/api/notifications/stream?user_id=1"
SLOW = 200
GIGABYTE = 1 << 30


@contextmanager
def connected(site: Site) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=20)) as connection:
        yield connection


@pytest.mark.attack(112)
def test_others_are_served_beside_those_who_never_finish_their_headers(site: Site) -> None:
    address = urlsplit(site.url)
    assert address.hostname and address.port
    with ExitStack() as open_ones:
        for number in range(SLOW):
            slow = open_ones.enter_context(
                socket.create_connection((address.hostname, address.port), timeout=20)
            )
            slow.sendall(f"GET / HTTP/1.1\r\nHost: x\r\nX-{number}: ".encode())
        for path in ("/", "/api/items", "/readyz"):
            found = answer(site.url + path)
            assert found and found[0] == 200, path


@pytest.mark.attack(113)
def test_a_user_holds_so_many_streams_and_others_hold_theirs(site: Site) -> None:
    statuses: list[int] = []
    with ExitStack() as open_ones:
        for _ in range(60):
            connection = open_ones.enter_context(connected(site))
            connection.request("GET", FEED, headers=COOKIE)
            response = connection.getresponse()
            statuses.append(response.status)
            if response.status == 429:
                assert int(response.headers["Retry-After"]) > 0
        other = open_ones.enter_context(connected(site))
        other.request("GET", FEED, headers={"Cookie": "session=of-another"})
        assert other.getresponse().status == 200
    assert statuses == [200] * 50 + [429] * 10
    wait_for(lambda: _status(site, FEED, COOKIE) == 200)


@pytest.mark.attack(115)
def test_a_body_of_a_gigabyte_is_refused_before_it_has_come(site: Site) -> None:
    with connected(site) as connection:
        connection.putrequest("POST", "/api/items")
        connection.putheader("Content-Type", "multipart/form-data; boundary=x")
        connection.putheader("Content-Length", str(GIGABYTE))
        connection.endheaders(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n')
        response = connection.getresponse()
        assert response.status == 413
        assert b"bytes" in response.read()


@pytest.mark.attack(116)
def test_json_without_a_bottom_is_unprocessable(site: Site) -> None:
    with connected(site) as connection:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/api/items", body=b"[" * 100_000, headers=headers)
        assert connection.getresponse().status == 422
    assert _status(site, "/api/items", {}) == 200


def _status(site: Site, path: str, headers: dict[str, str]) -> int:
    with connected(site) as connection:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
