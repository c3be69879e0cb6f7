"""`fluidkit dev` answers its own machine alone, and gives away nothing but the site.

The attacks are those of class "dev server" in `tests/runtime/cases/adversarial.json`, by number.
"""

import json
import shutil
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from running import Running, running, wait_for

SECRET = "canary-of-the-backend"
OUTSIDE = "canary-of-another-folder"
ALLOWED_NAME = "shop.test"
ECHO = """

from fastapi import WebSocket


@app.websocket("/api/echo")
async def echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(await socket.receive_text())
"""


@pytest.fixture(scope="module")
def dev(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A run of a workspace with secrets, whose Vite answers to one more name."""
    folder = tmp_path_factory.mktemp("private")
    root = folder / "shop"
    shutil.copytree(workspace, root, symlinks=True)
    (folder / "outside.txt").write_text(OUTSIDE, encoding="utf-8")
    for place in (".env", "backend/.env", "backend/app.db", "frontend/.env", "frontend/src/x.crt"):
        (root / place).write_text(f"TOKEN={SECRET}\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("__VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS", ALLOWED_NAME)
        with (root / "backend/main.py").open("a", encoding="utf-8") as main:
            main.write(ECHO)
        with running(root, folder / "log", "dev") as run:
            wait_for(run.ready, seconds=60)
            yield run


def port_of(dev: Running, side: str) -> int:
    return int(dev.state[side]["port"])


def send(port: int, text: str) -> str:
    """The whole answer to what is sent as it stands; the server has to close the connection."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=15)) as connection:
        connection.sendall(text.encode("latin-1"))
        answer = b""
        while piece := connection.recv(1 << 16):
            answer += piece
    return answer.decode("utf-8", "replace")


def ask(port: int, path: str, *, host: str = "", method: str = "GET", headers: str = "") -> str:
    host = host or f"127.0.0.1:{port}"
    lines = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n"
    return send(port, lines)


def status_of(answer: str) -> int:
    return int(answer.split(" ", 2)[1])


@pytest.mark.parametrize("path", ["/", "/api/clock"])
def test_49_vite_does_not_answer_to_a_foreign_name(dev: Running, path: str) -> None:
    answer = ask(port_of(dev, "web"), path, host="evil.example")
    assert status_of(answer) == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "localhost.evil"])
def test_50_the_api_does_not_answer_to_a_foreign_name(dev: Running, host: str) -> None:
    answer = ask(port_of(dev, "api"), "/api/docs", host=host)
    assert status_of(answer) == 400
    assert "swagger" not in answer


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:1", "[::1]:1", "10.0.0.7", "a.localhost."]
)
def test_50_the_api_answers_to_what_is_surely_this_machine(dev: Running, host: str) -> None:
    assert status_of(ask(port_of(dev, "api"), "/api/docs", host=host)) == 200


def test_50_what_vite_lets_pass_reaches_the_api(dev: Running) -> None:
    answer = ask(port_of(dev, "web"), "/api/docs", host=ALLOWED_NAME)
    assert status_of(answer) == 200
    assert "swagger" in answer


UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


@pytest.mark.parametrize("side", ["web", "api"])
@pytest.mark.parametrize(
    "headers",
    [
        "Host: evil.example\r\n",
        "Host: evil.example\r\nOrigin: http://evil.example\r\n",
        "Host: localhost\r\nOrigin: http://evil.example\r\n",
        "Host: localhost\r\nOrigin: null\r\n",
    ],
)
def test_50_a_foreign_page_opens_no_websocket(dev: Running, side: str, headers: str) -> None:
    lines = f"GET /api/echo HTTP/1.1\r\n{headers}{UPGRADE}\r\n"
    answer = send(port_of(dev, side), lines)
    assert not answer or status_of(answer) in (400, 403)


def test_50_our_own_page_opens_a_websocket(dev: Running) -> None:
    for side in ("web", "api"):
        port = port_of(dev, side)
        headers = f"Host: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n"
        lines = f"GET /api/echo HTTP/1.1\r\n{headers}{UPGRADE}\r\n"
        with closing(socket.create_connection(("127.0.0.1", port), timeout=15)) as connection:
            connection.sendall(lines.encode())
            assert status_of(connection.recv(1 << 16).decode("latin-1")) == 101


@pytest.mark.parametrize("token", ["", "?token=", "?token=guessed"])
def test_50_a_foreign_page_hears_nothing_of_hot_updates(dev: Running, token: str) -> None:
    headers = "Host: localhost\r\nOrigin: http://evil.example\r\n"
    protocol = "Sec-WebSocket-Protocol: vite-hmr\r\n"
    lines = f"GET /{token} HTTP/1.1\r\n{headers}{protocol}{UPGRADE}\r\n"
    answer = send(port_of(dev, "web"), lines)
    assert not answer or status_of(answer) in (400, 403)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost.evil"])
@pytest.mark.parametrize("side", ["web", "api"])
@pytest.mark.parametrize("path", ["/", "/api/clock"])
def test_52_a_form_of_a_foreign_page_is_refused(
    dev: Running, side: str, path: str, origin: str
) -> None:
    headers = f"Origin: {origin}\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n"
    answer = ask(port_of(dev, side), path, method="POST", headers=headers)
    assert status_of(answer) == 403


@pytest.mark.parametrize("side", ["web", "api"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_52_no_other_origin_may_read(dev: Running, side: str, method: str) -> None:
    port = port_of(dev, side)
    document = ask(port, "/api/openapi.json").partition("\r\n\r\n")[2]
    paths = json.loads(document[document.index("{") : document.rindex("}") + 1])["paths"]
    assert len(paths) > 2
    asked = "Origin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\n"
    for path in paths:
        limited = f"{path.replace('{language}', 'en')}?limit=1&count=1"
        answer = ask(port, limited, method=method, headers=asked)
        assert "access-control-allow-origin" not in answer.lower()


FILES = [
    "/.env",
    "/.env?import&raw??",
    "/@fs{folder}/outside.txt?import&raw??",
    "/index.html#/../../outside.txt",
    "/@fs{root}/frontend/src/x.crt/.",
    "/@fs{root}/frontend/.env",
    "/@fs{root}/backend/main.py",
    "/@fs{root}/.fluidkit/dev.json",
    "/../backend/main.py",
    "/%2e%2e/backend/main.py",
    "/main.py",
    "/backend/main.py",
    "/backend/.env",
    "/backend/app.db",
    "/pyproject.toml",
    "/.fluidkit/dev.json",
    "/@fs{root}/.env?raw",
    "/@fs{root}/.env?url",
    "/@fs{root}/.env?inline",
    "/@fs{root}/.env?import&url&inline",
    "/@fs//{root}/.env",
    "/@fs{root}/frontend/../.env?raw",
    "/@fs{root}/frontend/..%2f.env?raw",
    "/@fs{root}/frontend/%2e%2e/backend/main.py?raw",
    "/@fs{root}/pyproject.toml?raw",
    "/@fs{root}/.fluidkit/dev.json?import&raw",
    "/@fs{root}/backend/app.db?raw??",
    "/@fs/proc/self/environ?import&raw??",
    "/@id/{root}/.env?raw",
    "/@id/__x00__{root}/.env?raw",
    "/..%2f.env?raw",
    "/..%2fbackend%2fmain.py?raw",
    "/src/..%2f..%2f.env?raw",
    "/src/%2e%2e/%2e%2e/.env?import&raw",
    "/src/..\\..\\.env?raw",
    "/.svelte-kit/../../.env?raw",
    "/@vite/../../../.env",
]


@pytest.mark.parametrize("path", FILES)
def test_53_to_61_vite_serves_no_file_that_is_not_the_sites(dev: Running, path: str) -> None:
    asked = path.format(root=dev.root, folder=dev.root.parent)
    answer = ask(port_of(dev, "web"), asked)
    assert status_of(answer) in (400, 403, 404)
    for secret in (SECRET, OUTSIDE, "FastAPI(", "run_id", "[project]", "FLUIDKIT_RUN"):
        assert secret not in answer


def test_62_both_servers_listen_on_the_loopback_alone(dev: Running) -> None:
    loopback = {"0100007F", "00000000000000000000000001000000"}
    wanted = {port_of(dev, "web"), port_of(dev, "api")}
    found = set()
    for table in ("tcp", "tcp6"):
        for row in Path("/proc/net", table).read_text(encoding="ascii").splitlines()[1:]:
            address, _, port = row.split()[1].partition(":")
            if row.split()[3] == "0A" and int(port, 16) in wanted:
                assert address in loopback
                found.add(int(port, 16))
    assert found == wanted


@pytest.mark.parametrize("side", ["web", "api"])
@pytest.mark.parametrize("line", ["GET http://{there}/ ", "GET //{there}/api ", "CONNECT {there} "])
def test_64_neither_is_an_open_proxy(dev: Running, side: str, line: str) -> None:
    port = port_of(dev, side)
    with socket.create_server(("127.0.0.1", 0)) as there:
        there.settimeout(0)
        address = f"127.0.0.1:{there.getsockname()[1]}"
        start = line.format(there=address)
        text = f"{start}HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
        answer = send(port, text)
        with pytest.raises(BlockingIOError):
            there.accept()
    assert not answer or status_of(answer) in (400, 403, 404, 405)


SMUGGLED = [
    "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/a HTTP/1.1\r\n\r\n",
    "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
]


@pytest.mark.parametrize("side", ["web", "api"])
@pytest.mark.parametrize("rest", SMUGGLED)
def test_65_no_request_hides_in_another(dev: Running, side: str, rest: str) -> None:
    port = port_of(dev, side)
    answer = send(port, f"POST /api/greetings/en HTTP/1.1\r\nHost: localhost\r\n{rest}")
    assert status_of(answer) in (400, 501)
    assert answer.count("HTTP/1.1 ") == 1
