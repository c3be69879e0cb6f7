"""How the front end's server says that it works, whom it does not wait for, and how it ends."""

import contextlib
import http.client
import json
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from fluidkit_cli.toolchain import find_node
from front_server import Front, lay_out, serving
from running import answer, wait_for
from scaffolds.backends import backend_module
from scaffolds.launching import LOGGED, TIME

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


def test_it_lives_and_is_ready_when_the_api_answers(front: Front) -> None:
    for path in ("/healthz", "/readyz?now"):
        status, headers, body = front.request("GET", path)
        assert (status, body) == (200, b'{"status":"ok"}')
        assert headers["cache-control"] == "no-store"


def test_without_the_api_it_lives_and_is_not_ready(folder: Path) -> None:
    with serving(folder, api=False) as front:
        assert front.request("GET", "/healthz")[0] == 200
        status, headers, body = front.request("GET", "/readyz")
        assert (status, headers["retry-after"]) == (503, "1")
        assert "did not answer" in json.loads(body)["status"]


def test_an_api_that_hangs_is_not_ready(folder: Path) -> None:
    with serving(folder, api=False) as front, socket.create_server(("", front.api_port)):
        assert front.request("GET", "/readyz")[0] == 503


def test_each_page_is_a_line_which_nobody_who_asks_can_forge(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(folder, api=False) as front:
        front.request("GET", "/visits?token=secret", Cookie="s=secret")
        front.request("GET", "/healthz")
        front.request("GET", "/api/echo")
        with socket.create_connection(("127.0.0.1", front.port), timeout=10) as client:
            client.sendall("GET /\x9b2J\u202e HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert client.recv(4096).startswith(b"HTTP/1.1 400 ")
        front.request("GET", "/%1b[2J|" + 400 * "x", X_Forwarded_For="\xad6.6.6.6")
        front.process.terminate()
        front.process.wait(timeout=20)
    *_, page, odd = capfd.readouterr().out.splitlines()
    assert re.fullmatch(rf"{TIME} 127\.0\.0\.1 GET /visits 200 · \d+ ms · \d{{3}} B", page)
    assert re.search(r"Z %ad6\.6\.6\.6 GET /%1b\[2J\|x+\.\.\. 200 · \d+ ms · \d{3} B$", odd)


def test_whoever_starts_it_by_hand_is_told_where_it_listens(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(folder, api=False) as front:
        front.request("GET", "/visits")
    address = f"http://127.0.0.1:{front.port}"
    assert f"frontend/server.js at {address}, pid {front.process.pid}" in capfd.readouterr().err


def test_the_log_can_be_of_objects_for_machines(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(folder, api=False, LOG_FORMAT="json") as front:
        front.request("GET", "/nothing", X_Forwarded_For="203.0.113.7")
        front.process.terminate()
        front.process.wait(timeout=20)
    line = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert tuple(line) == LOGGED
    assert re.fullmatch(TIME, line["time"])
    assert re.fullmatch(r"GET /nothing 404 · \d+ ms · 0 B", line["message"])
    assert (line["logger"], line["bytes"]) == ("frontend", 0)
    told = [line[name] for name in ("client", "method", "path", "status", "ending")]
    assert told == ["203.0.113.7", "GET", "/nothing", 404, "whole"]


def test_a_page_and_what_it_asks_are_found_by_one_id(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(folder, LOG_FORMAT="json") as front:
        seen = [front.seen("/", X_Request_Id=told)["x-request-id"] for told in ("a-1", "a b", "")]
        asked = front.seen("/api/echo", X_Request_Id="b.2")["headers"]["x-request-id"]
        front.process.terminate()
        front.process.wait(timeout=20)
    lines = [line for line in capfd.readouterr().out.splitlines() if '"frontend"' in line]
    assert [json.loads(line)["request"] for line in lines[-3:]] == seen
    assert (seen[0], asked) == ("a-1", "b.2")
    assert all(re.fullmatch(r"[\da-f-]{36}", each) for each in seen[1:])
    assert seen[1] != seen[2]


def test_nobody_else_gives_ids(folder: Path) -> None:
    with serving(folder, api=False, FORWARDED_ALLOW_IPS="10.0.0.1") as front:
        assert front.seen("/", X_Request_Id="a-1")["x-request-id"] != "a-1"


def test_a_body_is_counted_however_it_is_sent(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(folder, api=False, LOG_FORMAT="json") as front:
        _, _, body = front.request("GET", "/")
        front.request("HEAD", "/")
        front.request("GET", "/pieces")
        front.process.terminate()
        front.process.wait(timeout=20)
    lines = map(json.loads, capfd.readouterr().out.splitlines()[-3:])
    assert [line["bytes"] for line in lines] == [len(body), 0, 5]


def test_both_servers_say_times_and_sizes_alike(folder: Path) -> None:
    access = backend_module("serving.access")
    times = [0.4, 11.4, 999, 1000, 12_340, 59_900, 60_000, 125_000, 3_600_000, 11_400_000]
    sizes = [0, 999, 1000, 1234, 999_900, 1_000_000, 4_100_000, 2_000_000_000, 10**12]
    script = f"""
        import {{ duration, size }} from {json.dumps((folder / "server/log.js").as_uri())};
        console.log(JSON.stringify([{times}.map(duration), {sizes}.map(size)]));
    """
    run = subprocess.run(
        [find_node(), "--input-type=module", "-e", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    said = [[access.duration(ms / 1000) for ms in times], [access.size(count) for count in sizes]]
    assert json.loads(run.stdout) == said


def test_colours_are_for_those_who_want_them(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(folder, api=False, FORCE_COLOR="1") as front:
        front.request("GET", "/nothing")
        front.process.terminate()
        front.process.wait(timeout=20)
    line = capfd.readouterr().out.splitlines()[-1]
    assert re.search(r"GET /nothing \x1b\[33m404\x1b\[0m\x1b\[2m · \d+ ms · 0 B\x1b\[0m$", line)


def test_a_thousand_slow_senders_keep_nobody_out(front: Front) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(1000):
            sender = stack.enter_context(socket.create_connection(("127.0.0.1", front.port)))
            sender.sendall(b"GET / HTT")
        assert front.request("GET", "/api/echo")[0] == 200
        assert front.request("GET", "/")[0] == 200


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_who_never_says_what_he_wants_is_not_waited_for(folder: Path, sent: bytes) -> None:
    with (
        serving(folder, api=False, HEADERS_TIMEOUT="0.51") as front,
        socket.create_connection(("127.0.0.1", front.port), timeout=20) as client,
    ):
        client.sendall(sent)
        received = b"".join(iter(lambda: client.recv(4096), b""))
        assert received.startswith(b"HTTP/1.1 408 ")


def test_an_upload_may_take_longer_than_its_headers(folder: Path) -> None:
    with (
        serving(folder, HEADERS_TIMEOUT="0.6") as front,
        socket.create_connection(("127.0.0.1", front.port), timeout=20) as client,
    ):
        head = b"POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n"
        client.sendall(head)
        for byte in b"12345678":
            select_for(client, seconds=0.1)
            client.sendall(bytes([byte]))
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("path", ["/waits", "/api/echo"])
def test_a_body_that_hardly_comes_is_not_waited_for(folder: Path, path: str) -> None:
    with (
        serving(folder, BODY_TIMEOUT="0.4") as front,
        socket.create_connection(("127.0.0.1", front.port), timeout=20) as client,
    ):
        client.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\n".encode())
        received = b"".join(iter(lambda: trickled(client), b""))
        assert received.startswith(b"HTTP/1.1 408 ")
        assert b"\r\nconnection: close\r\n" in received
        assert received.endswith(b'{"detail":"The body came too slowly: no 4096 bytes in 0.4 s"}')


def test_neither_is_the_rest_of_one_that_is_answered(folder: Path) -> None:
    with (
        serving(folder, BODY_TIMEOUT="0.4") as front,
        socket.create_connection(("127.0.0.1", front.port), timeout=20) as client,
    ):
        client.sendall(b"POST /api/refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\n")
        received = b"".join(iter(lambda: trickled(client), b""))
        assert received.startswith(b"HTTP/1.1 413 ")


def trickled(client: socket.socket) -> bytes:
    """What comes while it sends a byte now and then."""
    client.settimeout(0.05)
    while True:
        try:
            return client.recv(4096)
        except TimeoutError:
            client.sendall(b"x")
        except ConnectionError:
            return b""


@pytest.mark.parametrize(("seconds", "piece"), [("0.8", 5000), ("0", 1)])
def test_a_body_that_comes_slowly_may_take_its_time(folder: Path, seconds: str, piece: int) -> None:
    with (
        serving(folder, BODY_TIMEOUT=seconds) as front,
        socket.create_connection(("127.0.0.1", front.port), timeout=20) as client,
    ):
        length = b"Content-Length: %d\r\n\r\n" % (12 * piece)
        client.sendall(b"POST /api/echo HTTP/1.1\r\nHost: x\r\n" + length)
        for _ in range(12):
            select_for(client, seconds=0.1)
            client.sendall(b"x" * piece)
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("size", [3, 20_000_000])
def test_a_page_may_take_its_time_before_it_reads(folder: Path, size: int) -> None:
    with serving(folder, api=False, BODY_TIMEOUT="0.2") as front:
        assert front.request("POST", "/ponders", bytes(size))[2] == b"read"


def test_an_answer_that_has_begun_waits_for_a_slow_sender(folder: Path) -> None:
    with (
        serving(folder, BODY_TIMEOUT="0.3") as front,
        socket.create_connection(("127.0.0.1", front.port), timeout=20) as client,
    ):
        head = b"POST /api/mirror/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        client.sendall(head + b"5\r\nfirst\r\n")
        received = b""
        while b"first" not in received:
            received += client.recv(4096)
        select_for(client, seconds=0.8)
        client.sendall(b"0\r\n\r\n")
        assert client.recv(4096).endswith(b"0\r\n\r\n")


def select_for(client: socket.socket, *, seconds: float) -> None:
    """Lets time pass, in which nothing may come."""
    client.settimeout(seconds)
    with pytest.raises(TimeoutError):
        client.recv(1)
    client.settimeout(20)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_when_nothing_is_open(folder: Path, number: int) -> None:
    with serving(folder, api=False) as front:
        connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=10)
        connection.request("GET", "/")  # and is kept
        connection.getresponse().read()
        front.process.send_signal(number)
        assert front.process.wait(timeout=3) == 0
        connection.close()


def test_streams_and_websockets_are_broken_off_at_once(folder: Path) -> None:
    with (
        serving(folder, SHUTDOWN_TIMEOUT="60") as front,
        front.open("/api/stream") as response,
        connect(f"ws://127.0.0.1:{front.port}/api/socket") as client,
    ):
        response.read(11)
        front.process.terminate()
        with pytest.raises(CUT):
            response.read()
        with pytest.raises(ConnectionClosed):
            client.recv(timeout=10)
        assert front.process.wait(timeout=3) == 0


def test_an_export_is_finished(folder: Path) -> None:
    with serving(folder) as front, front.open("/api/export") as response:
        assert response.readline() == b"0\n"
        front.process.terminate()
        assert response.read().endswith(b"19\n")
        assert front.process.wait(timeout=3) == 0


def test_who_asks_while_it_ends_is_told_to_ask_elsewhere(folder: Path) -> None:
    with serving(folder) as front:
        connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=10)
        connection.connect()
        front.process.terminate()
        told = wait_for(lambda: not_ready(connection))
        assert told == ("close", b'{"status":"draining"}')
        assert front.process.wait(timeout=3) == 0


def test_it_is_found_for_as_long_as_proxies_take_to_hear_of_its_end(folder: Path) -> None:
    with serving(folder, api=False, SHUTDOWN_DELAY="2") as front:
        front.process.terminate()
        wait_for(lambda: b"draining" in front.request("GET", "/readyz")[2])
        status, headers, _ = front.request("GET", "/")
        assert (status, headers["connection"]) == (200, "close")
        assert front.process.wait(timeout=20) == 0


def not_ready(connection: http.client.HTTPConnection) -> tuple[str | None, bytes] | None:
    """What is said of it, once it is so."""
    connection.request("GET", "/readyz")
    response = connection.getresponse()
    body = response.read()
    return (response.headers["connection"], body) if response.status == 503 else None


def test_what_cannot_be_asked_for_again_is_finished(folder: Path) -> None:
    with (
        serving(folder) as front,
        socket.create_connection(("127.0.0.1", front.port), timeout=10) as client,
    ):
        client.sendall(
            b"POST /api/mirror/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        client.sendall(b"5\r\nfirst\r\n")
        received = b""
        while b"first" not in received:
            received += client.recv(4096)
        front.process.terminate()
        wait_for(lambda: answer(f"http://127.0.0.1:{front.port}/") is None)
        client.sendall(b"0\r\n\r\n")
        received = b"".join(iter(lambda: client.recv(4096), b""))
        assert received.endswith(b"0\r\n\r\n")
        assert front.process.wait(timeout=3) == 0


def test_what_is_not_finished_in_time_is_broken_off(folder: Path) -> None:
    with (
        serving(folder, SHUTDOWN_TIMEOUT="0.5") as front,
        socket.create_connection(("127.0.0.1", front.port), timeout=10) as client,
    ):
        client.sendall(b"POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab")
        front.process.terminate()
        assert front.process.wait(timeout=3) == 0


def test_an_answer_that_is_under_way_is_finished(folder: Path) -> None:
    with serving(folder) as front:
        with socket.create_connection(("127.0.0.1", front.port), timeout=10) as client:
            head = b"POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"
            client.sendall(head + b"ab")
            front.process.terminate()
            wait_for(lambda: answer(f"http://127.0.0.1:{front.port}/") is None)
            client.sendall(b"cd")
            assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
        assert front.process.wait(timeout=3) == 0
