"""What the front end's server passes on, and how it ends."""

import contextlib
import http.client
import json
import os
import socket
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from fluidkit_cli.toolchain import find_node
from front_server import Front, lay_out, serving
from running import wait_for

CUT = (http.client.IncompleteRead, ConnectionResetError)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deployed")
    lay_out(folder)
    return folder


@pytest.fixture(scope="module")
def front(folder: Path) -> Iterator[Front]:
    with serving(folder) as front:
        yield front


def test_the_apis_paths_go_to_the_api_and_all_else_to_the_pages(front: Front) -> None:
    assert front.request("GET", "/api/echo?a=b")[0] == 200
    assert front.request("GET", "/api")[2] == b'{"detail":"Not Found"}'
    assert b'"host":' in front.request("GET", "/apiary")[2]
    assert front.request("GET", "/nothing")[0] == 404


def test_other_paths_can_be_the_apis(folder: Path) -> None:
    with serving(folder, FLUIDKIT_PROXY='["/rpc/", "/ws"]') as front:
        assert front.request("GET", "/rpc/x")[2] == b'{"detail":"Not Found"}'
        assert front.request("GET", "/ws")[2] == b'{"detail":"Not Found"}'
        assert b'"host":' in front.request("GET", "/api/echo")[2]


def test_an_answer_is_passed_on_as_it_is(front: Front) -> None:
    status, headers, body = front.request("POST", "/api/echo", body=b"12345", Cookie="x=1")
    assert status == 200
    assert headers.get_all("set-cookie") == ["a=1; Path=/", "b=2; Path=/"]
    assert headers["server"] == "uvicorn"
    seen = json.loads(body)
    assert seen["body"] == 5
    assert seen["headers"]["cookie"] == "x=1"
    status, headers, body = front.request("HEAD", "/api/echo")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 0


@pytest.mark.parametrize("path", ["/", "/nothing", "/api/echo", "/api/gone", "/healthz"])
def test_all_answers_have_the_headers_that_protect_browsers(front: Front, path: str) -> None:
    _, headers, _ = front.request("GET", path)
    assert headers.get_all("x-content-type-options") == ["nosniff"]
    assert "strict-transport-security" not in headers
    _, headers, _ = front.request("GET", path, X_Forwarded_Proto="https", Host="shop.example")
    assert headers["strict-transport-security"]


def test_the_first_bytes_of_a_stream_arrive_although_no_more_come(front: Front) -> None:
    with front.open("/api/stream") as response:
        assert response.read(11) == b"data: first"


def test_a_stream_is_open_before_it_has_said_anything(front: Front) -> None:
    with front.open("/api/quiet") as response:
        assert response.headers["content-type"].startswith("text/event-stream")


def test_who_leaves_a_stream_leaves_the_api_too(front: Front) -> None:
    left = front.state()["left"]
    with front.open("/api/stream") as response:
        response.read(1)
    wait_for(lambda: front.state()["left"] == left + 1)


def test_an_upload_is_passed_on_while_it_comes(front: Front) -> None:
    with socket.create_connection(("127.0.0.1", front.port), timeout=10) as client:
        client.sendall(
            b"POST /api/mirror/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        received = b""
        for number in range(3):
            text = b"part%d" % number
            client.sendall(b"5\r\n" + text + b"\r\n")
            while text not in received:
                received += client.recv(4096)
        client.sendall(b"0\r\n\r\n")
        while not received.endswith(b"0\r\n\r\n"):
            received += client.recv(4096)


def test_who_does_not_read_is_not_sent_more(front: Front) -> None:
    counts = [0, 0]

    def stands_still() -> bool:
        counts.append(front.state()["sent"])
        return counts[-1] == counts[-2] == counts[-3] > 0

    with front.open("/api/flood") as response:
        wait_for(stands_still)
        held = counts[-1]
        assert held < 1000, "64 MB were sent to one who does not read"
        response.read((held + 10) * 65536)
        assert front.state()["sent"] > held


def test_an_upload_that_is_refused_unread_has_its_answer(front: Front) -> None:
    status, _, body = front.request("POST", "/api/refuse", body=bytes(20_000_000))
    assert (status, body) == (413, b'"too much"')


def test_a_stream_that_breaks_does_not_look_like_one_that_ended(folder: Path) -> None:
    with serving(folder) as front:
        with front.open("/api/die") as response, pytest.raises(CUT):
            response.read()
        # 502 from one that is still going
        wait_for(lambda: front.request("GET", "/api/echo")[0] == 503)
        _, headers, body = front.request("GET", "/api/echo")
    assert headers["content-type"] == "application/json"
    assert "did not answer" in json.loads(body)["detail"]


def test_without_an_api_there_are_pages_and_the_rest_says_so(folder: Path) -> None:
    with serving(folder, api=False) as front:
        assert front.request("GET", "/")[0] == 200
        assert front.request("POST", "/api/echo", body=bytes(1_000_000))[0] == 503
        assert refused(front, "/api/socket") == 503
        # what answers, but not in HTTP
        with (
            socket.create_server(("127.0.0.1", front.api_port)) as listener,
            socket.create_connection(("127.0.0.1", front.port), timeout=10) as client,
        ):
            client.sendall(b"GET /api/echo HTTP/1.1\r\nHost: x\r\n\r\n")
            for _ in range(2):  # who asks may do so once more
                listener.accept()[0].close()
            assert client.recv(100).startswith(b"HTTP/1.1 502 ")


def test_a_connection_that_is_closed_unheard_is_made_once_more(folder: Path) -> None:
    with (
        serving(folder, api=False) as front,
        socket.create_server(("127.0.0.1", front.api_port)) as listener,
        socket.create_connection(("127.0.0.1", front.port), timeout=10) as client,
    ):
        client.sendall(b"GET /api/echo HTTP/1.1\r\nHost: x\r\n\r\n")
        listener.accept()[0].close()
        with listener.accept()[0] as connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        assert client.recv(4096).startswith(b"HTTP/1.1 200 ")


def test_what_may_change_something_is_not_asked_for_twice(folder: Path) -> None:
    with (
        serving(folder, api=False) as front,
        socket.create_server(("127.0.0.1", front.api_port)) as listener,
        socket.create_connection(("127.0.0.1", front.port), timeout=10) as client,
    ):
        client.sendall(b"POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        listener.accept()[0].close()
        assert client.recv(4096).startswith(b"HTTP/1.1 502 ")


def test_what_may_change_something_has_a_connection_of_its_own(folder: Path) -> None:
    with (
        serving(folder, api=False) as front,
        socket.create_server(("127.0.0.1", front.api_port)) as listener,
        socket.create_connection(("127.0.0.1", front.port), timeout=10) as client,
    ):
        for _ in range(2):
            client.sendall(b"POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            with listener.accept()[0] as connection:
                connection.settimeout(10)
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
                assert client.recv(4096).startswith(b"HTTP/1.1 204 ")
                assert connection.recv(1) == b""


def test_what_changes_nothing_goes_on_a_connection_that_may_just_be_closed(folder: Path) -> None:
    question = b"GET /api/echo HTTP/1.1\r\nHost: x\r\n\r\n"
    answered = b"HTTP/1.1 204 No Content\r\n\r\n"
    with (
        serving(folder, api=False) as front,
        socket.create_server(("127.0.0.1", front.api_port)) as listener,
        socket.create_connection(("127.0.0.1", front.port), timeout=10) as client,
    ):
        client.sendall(question)
        with listener.accept()[0] as connection:
            connection.settimeout(10)
            for _ in range(2):
                assert connection.recv(65536).startswith(b"GET ")
                connection.sendall(answered)
                assert client.recv(4096).startswith(b"HTTP/1.1 204 ")
                client.sendall(question)
            assert connection.recv(65536).startswith(b"GET ")
        with listener.accept()[0] as connection:
            assert connection.recv(65536).startswith(b"GET ")
            connection.sendall(answered)
            assert client.recv(4096).startswith(b"HTTP/1.1 204 ")


def test_websockets_are_passed_on_both_ways_until_one_end_leaves(front: Front) -> None:
    closed = front.state()["closed"]
    with connect(f"ws://127.0.0.1:{front.port}/api/socket") as client:
        for text in ("one", "two", "x" * 100_000):
            client.send(text)
            assert client.recv(timeout=10) == f"{text}!"
    wait_for(lambda: front.state()["closed"] == closed + 1)


def test_a_websocket_that_vanishes_reaches_the_api(front: Front) -> None:
    closed = front.state()["closed"]
    with connect(f"ws://127.0.0.1:{front.port}/api/socket") as client:
        client.socket.shutdown(socket.SHUT_RDWR)
        wait_for(lambda: front.state()["closed"] == closed + 1)


def reset(connection: socket.socket) -> None:
    """Closes it as a machine does that does not know of it any more."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def test_a_websocket_that_is_reset_reaches_the_other_end(folder: Path) -> None:
    key = b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    upgrade = b"Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    switched = b"HTTP/1.1 101 Switching Protocols\r\n" + upgrade + b"\r\n"
    with (
        serving(folder, api=False) as front,
        socket.create_server(("127.0.0.1", front.api_port)) as listener,
    ):
        for is_client in (True, False):
            client = socket.create_connection(("127.0.0.1", front.port), timeout=20)
            client.sendall(b"GET /api/socket HTTP/1.1\r\n" + upgrade + key)
            api, _ = listener.accept()
            api.settimeout(20)
            assert api.recv(65536)
            api.sendall(switched)
            assert client.recv(65536).startswith(b"HTTP/1.1 101 ")
            left, other = (client, api) if is_client else (api, client)
            reset(left)
            with other, contextlib.suppress(ConnectionError):
                assert other.recv(65536) == b""


def test_a_websocket_that_the_api_refuses_is_refused(front: Front) -> None:
    assert refused(front, "/api/closed") == 403
    assert refused(front, "/api/gone") == 403


def refused(front: Front, path: str) -> int:
    """The status that a WebSocket's handshake gets."""
    with (
        pytest.raises(InvalidStatus) as caught,
        connect(f"ws://127.0.0.1:{front.port}{path}"),
    ):
        pass
    return caught.value.response.status_code


def test_who_offers_http2_is_answered_in_http1(front: Front) -> None:
    status, _, _ = front.request("GET", "/", Connection="Upgrade", Upgrade="h2c")
    assert status == 200


@pytest.mark.parametrize("path", ["/", "/api/echo"])
def test_plain_http_is_plain_http(front: Front, path: str) -> None:
    seen = front.seen(path)
    headers = seen.get("headers", seen)
    assert headers["x-forwarded-proto"] == "http"
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-host"] == headers["host"] == f"127.0.0.1:{front.port}"


def test_the_api_knows_the_sites_own_address(front: Front) -> None:
    assert front.seen("/api/echo")["url"] == f"http://127.0.0.1:{front.port}/api/echo"


@pytest.mark.parametrize("path", ["/", "/api/echo"])
def test_a_proxy_on_this_machine_is_believed(front: Front, path: str) -> None:
    seen = front.seen(
        path,
        X_Forwarded_For="6.6.6.6, 203.0.113.7, 127.0.0.1",
        X_Forwarded_Proto="https",
        X_Forwarded_Host="shop.example",
    )
    headers = seen.get("headers", seen)
    assert headers["x-forwarded-for"] == "203.0.113.7"
    assert headers["x-forwarded-proto"] == "https"
    assert headers["host"] == "shop.example"
    if "client" in seen:
        assert (seen["client"], seen["url"]) == ("203.0.113.7", "https://shop.example/api/echo")


def test_whoever_is_not_trusted_is_not_believed(folder: Path) -> None:
    with serving(folder, FORWARDED_ALLOW_IPS="10.0.0.0/8, ::1") as front:
        headers = front.seen(
            "/",
            X_Forwarded_For="6.6.6.6",
            X_Forwarded_Proto="https",
            X_Forwarded_Host="evil.example",
        )
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"
    assert headers["x-forwarded-host"] == f"127.0.0.1:{front.port}"


@pytest.mark.parametrize(
    ("trusted", "client"),
    [("*", "6.6.6.6"), ("127.0.0.1,203.0.113.0/24", "6.6.6.6"), ("127.0.0.0/8", "203.0.113.7")],
)
def test_the_client_is_the_nearest_address_that_is_no_proxy(
    folder: Path, trusted: str, client: str
) -> None:
    with serving(folder, api=False, FORWARDED_ALLOW_IPS=trusted) as front:
        headers = front.seen("/", X_Forwarded_For="6.6.6.6, 203.0.113.7")
    assert headers["x-forwarded-for"] == client


@pytest.mark.parametrize("told", ["unknown", "6.6.6.6:80", "", " , ,", "[::1]"])
def test_an_address_that_is_none_is_no_proxy(front: Front, told: str) -> None:
    assert front.seen("/", X_Forwarded_For=told)["x-forwarded-for"] == (
        told.strip(" ,") or "127.0.0.1"
    )


def test_a_scheme_that_is_none_of_ours_is_not_passed_on(front: Front) -> None:
    assert front.seen("/", X_Forwarded_Proto="javascript:")["x-forwarded-proto"] == "http"


def test_an_origin_that_is_set_counts_whatever_is_asked_for(folder: Path) -> None:
    with serving(folder, ORIGIN="https://shop.example") as front:
        page = front.seen("/", Host="evil.example", X_Forwarded_Host="evil.example")
        assert (page["x-forwarded-proto"], page["x-forwarded-host"]) == ("https", "shop.example")
        assert front.seen("/api/echo")["url"] == "https://shop.example/api/echo"


def test_a_port_that_is_taken_is_one_line(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        run = subprocess.run(
            [find_node(), "server.js"],
            cwd=folder,
            env={**os.environ, "PORT": str(holder.getsockname()[1])},
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    assert run.returncode == 1
    assert run.stderr.startswith("The front end cannot listen: ")
    assert run.stderr.count("\n") == 1
