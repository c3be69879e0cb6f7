"""`frontend/server/turns.js` of every workspace: many requests at once on one connection."""

import socket
from collections.abc import Iterator

import pytest

from front_server import Front, lay_out, serving
from running import wait_for

HOST = b" HTTP/1.1\r\nHost: x\r\n"
UPGRADE = b"GET /api/socket" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("deployed")
    lay_out(folder)
    with serving(folder) as front:
        yield front


def connected(front: Front) -> socket.socket:
    return socket.create_connection(("127.0.0.1", front.port), timeout=20)


def received(client: socket.socket, count: int) -> bytes:
    """All that comes until there are so many answers."""
    found = b""
    while found.count(b"HTTP/1.1 ") < count:
        data = client.recv(65536)
        assert data, found
        found += data
    return found


def test_what_comes_at_once_is_answered_in_its_order(front: Front) -> None:
    paths = [b"/api/echo?%d" % n if n % 2 else b"/page?%d" % n for n in range(200)]
    with connected(front) as client:
        client.sendall(b"".join(b"GET " + path + HOST + b"\r\n" for path in paths))
        assert received(client, 200).count(b"HTTP/1.1 200 OK") == 200


def test_the_api_is_asked_the_next_when_the_last_is_answered(front: Front) -> None:
    left = front.state()["left"]
    with connected(front) as client:
        client.sendall(b"GET /api/stream" + HOST + b"\r\nGET /api/secret" + HOST + b"\r\n")
        received(client, 1)
        assert front.state()["secrets"] == 0
    wait_for(lambda: front.state()["left"] == left + 1)
    assert front.state()["secrets"] == 0


@pytest.mark.parametrize("first", [b"GET /page", b"GET /api/echo", b"GET /api/stream"])
def test_nothing_is_upgraded_before_the_last_is_answered(front: Front, first: bytes) -> None:
    with connected(front) as client:
        client.sendall(first + HOST + b"\r\n" + UPGRADE)
        while data := client.recv(65536):
            assert b" 101 " not in data
    assert front.request("GET", "/page")[0] == 200
    assert front.process.poll() is None


def test_it_is_no_way_to_other_hosts(front: Front) -> None:
    with connected(front) as client:
        client.sendall(b"CONNECT shop.test:443" + HOST + b"\r\n")
        assert received(client, 1).startswith(b"HTTP/1.1 405 ")
