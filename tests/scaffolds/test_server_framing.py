"""What is one request for the front end's server is one request for the API behind it."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fluidkit_cli.toolchain import find_node
from front_server import Front, lay_out, serving

HANDSHAKE = (
    b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)
SECRET = b"GET /api/secret HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deployed")
    lay_out(folder)
    return folder


@pytest.fixture(scope="module")
def front(folder: Path) -> Iterator[Front]:
    with serving(folder) as front:
        yield front


def exchange(front: Front, sent: bytes) -> bytes:
    """All that is answered until the connection is closed."""
    received = b""
    with socket.create_connection(("127.0.0.1", front.port), timeout=10) as client:
        client.sendall(sent)
        while data := client.recv(65536):
            received += data
    return received


def test_nothing_can_be_smuggled_behind_a_refused_upgrade(front: Front) -> None:
    upgrade = (
        b"GET /api/echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    )
    spoofed = b"GET /api/echo HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n"
    with socket.create_connection(("127.0.0.1", front.port), timeout=10) as client:
        client.sendall(upgrade + spoofed)
        received = b""
        while data := client.recv(65536):
            received += data
    assert received.count(b"HTTP/1.1") == 1
    assert b"6.6.6.6" not in received


@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS", "POST"])
@pytest.mark.parametrize("connection", ["close", "close, transfer-encoding"])
def test_a_body_in_chunks_is_no_second_request(front: Front, method: str, connection: str) -> None:
    head = f"{method} /api/echo HTTP/1.1\r\nHost: x\r\nConnection: {connection}\r\n"
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(SECRET), SECRET)
    received = exchange(front, f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + body)
    assert received.startswith(b"HTTP/1.1 200")
    assert f'"body":{len(SECRET)}'.encode() in received
    assert front.state()["secrets"] == 0


@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS", "POST"])
def test_a_length_that_is_called_the_connections_own_still_counts(
    front: Front, method: str
) -> None:
    head = f"{method} /api/echo HTTP/1.1\r\nHost: x\r\nConnection: close, content-length\r\n"
    received = exchange(front, f"{head}Content-Length: {len(SECRET)}\r\n\r\n".encode() + SECRET)
    assert f'"body":{len(SECRET)}'.encode() in received
    assert front.state()["secrets"] == 0


def test_trailers_end_neither_the_request_nor_the_server(front: Front) -> None:
    assert front.request("GET", "/api/echo", Trailer="x-checksum")[0] == 200
    assert front.request("GET", "/api/trailer")[0] == 200
    assert front.process.poll() is None


@pytest.mark.parametrize(
    ("answered", "status"),
    [
        (b"HTTP/1.1 200 OK\r\nTrailer: x\r\nContent-Length: 2\r\n\r\nab", 200),
        (b"HTTP/1.1 200 OK\r\nConnection: content-length\r\nContent-Length: 2\r\n\r\nab", 200),
        (b"HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n", 502),
        (b"HTTP/1.1 101 Switched\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", 502),
        (b"HTTP/1.1 200 O\x01K\r\nContent-Length: 0\r\n\r\n", 200),
        (b"HTTP/1.1 200 OK\r\nX: \x01\r\nContent-Length: 0\r\n\r\n", 502),
        (b"nonsense\r\n\r\n", 502),
    ],
)
def test_an_odd_answer_of_the_apis_ends_one_request_at_most(
    folder: Path, answered: bytes, status: int
) -> None:
    with (
        serving(folder, api=False) as front,
        socket.create_server(("127.0.0.1", front.api_port)) as api,
        socket.create_connection(("127.0.0.1", front.port), timeout=10) as client,
    ):
        client.sendall(b"GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n")
        api.settimeout(10)
        connection, _ = api.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(answered)
            assert client.recv(4096).startswith(b"HTTP/1.1 %d " % status)
        assert front.request("GET", "/")[0] == 200


def test_a_body_in_a_coding_of_its_own_is_refused(front: Front) -> None:
    head = b"POST /api/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
    assert exchange(front, head).startswith(b"HTTP/1.1 400 ")


def test_headers_of_one_connection_stay_on_it(front: Front) -> None:
    headers = front.seen("/api/echo", Connection="keep-alive, X-Secret", X_Secret="1", TE="gzip")
    assert not {"x-secret", "te", "keep-alive"} & headers["headers"].keys()


def test_who_asks_is_not_the_connections_own(front: Front) -> None:
    listed = "host, x-forwarded-for, x-forwarded-host, x-forwarded-proto"
    told = front.seen("/api/echo", Connection=listed, X_Forwarded_For="6.6.6.6")
    assert told["client"] == "6.6.6.6"
    assert told["url"] == f"http://127.0.0.1:{front.port}/api/echo"


def test_a_handshake_with_a_body_is_refused(front: Front) -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket"}
    assert front.request("POST", "/api/echo", b"abc", **upgrade)[0] == 400


def test_a_target_may_be_a_whole_address(front: Front) -> None:
    received = exchange(
        front,
        b"GET http://shop.example/api/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    )
    assert b'"url":"http://shop.example/api/echo"' in received


@pytest.mark.parametrize("path", ["/", "/api/echo", "/healthz"])
@pytest.mark.parametrize(
    "hosts", [b"Host: x\r\nHost: x", b"Host: x\r\nHOST: y", b"Host: a b", b"Host: x@y", b"X: y"]
)
@pytest.mark.parametrize("upgrade", [b"", HANDSHAKE])
def test_a_request_names_one_host(front: Front, path: str, hosts: bytes, upgrade: bytes) -> None:
    head = b"GET " + path.encode() + b" HTTP/1.1\r\n" + hosts + b"\r\n" + upgrade
    received = exchange(front, head + b"\r\n")
    assert received.startswith(b"HTTP/1.1 400 ")
    assert received.count(b"HTTP/1.1") == 1


def test_older_clients_need_not_name_one(front: Front) -> None:
    assert b" 200 OK" in exchange(front, b"GET /healthz HTTP/1.0\r\n\r\n")


def test_the_api_may_refuse_an_upload_of_which_nothing_has_come(front: Front) -> None:
    with socket.create_connection(("127.0.0.1", front.port), timeout=20) as client:
        client.sendall(b"POST /api/refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_whoever_asks_whether_to_send_is_told(front: Front) -> None:
    head = b"POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n"
    with socket.create_connection(("127.0.0.1", front.port), timeout=20) as client:
        client.sendall(head + b"Expect: 100-continue\r\n\r\n")
        assert client.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"ab")
        received = b"".join(iter(lambda: client.recv(65536), b""))
    assert received.startswith(b"HTTP/1.1 200 ")
    assert b'"body":2' in received


NUMBER, SECONDS = "a whole number from 0 on", "a number of seconds below 1000000"
ADDRESSES = "addresses and networks such as 10.0.0.0/8, with commas between, or *"


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("ORIGIN", "shop.example", "an address such as https://shop.example"),
        ("ORIGIN", "https://", "an address such as https://shop.example"),
        ("FLUIDKIT_PROXY", "nonsense", 'a list such as ["/api"]'),
        ("FLUIDKIT_PROXY", '["api"]', 'a list such as ["/api"]'),
        ("FLUIDKIT_API_URL", "https://x", "an http address"),
        ("FORWARDED_ALLOW_IPS", "nonsense", ADDRESSES),
        ("FORWARDED_ALLOW_IPS", "10.0.0.0/", ADDRESSES),
        ("FORWARDED_ALLOW_IPS", "10.0.0.0/33", ADDRESSES),
        ("PORT", "99999", "a whole number from 0 to 65535"),
        ("PORT", "http", "a whole number from 0 to 65535"),
        ("LISTEN_FD", "x", NUMBER),
        ("SHUTDOWN_TIMEOUT", "soon", SECONDS),
        ("SHUTDOWN_DELAY", "-1", SECONDS),
        ("BODY_TIMEOUT", "1e3", SECONDS),
        ("BODY_TIMEOUT", "1000000", SECONDS),
        ("LOG_LEVEL", "loud", "DEBUG, INFO, WARNING, ERROR, CRITICAL"),
        ("LOG_FORMAT", "xml", "text, json"),
    ],
)
def test_a_setting_that_cannot_be_is_one_line(
    folder: Path, name: str, value: str, allowed: str
) -> None:
    run = subprocess.run(
        [find_node(), "server.js"],
        cwd=folder,
        env={**os.environ, "PORT": "0", name: value},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    said = f"{name} cannot be {json.dumps(value)}: it may be {allowed}\n"
    assert (run.returncode, run.stderr) == (1, said)
