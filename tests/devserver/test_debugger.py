"""`--debug`: a real debugger attaches to a run, and comes back after each reload."""

import json
import re
import socket
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator

import pytest

from devserver.asking import Ask
from devserver.debug_client import DebugClient
from devserver.running import MAIN, REPOSITORY, Dev, make_workspace, running, until
from fluidkit_cli.devserver.wiring import DEBUGGER_PORT

STOPPING = """
@app.get("/api/stops")
async def stops() -> int:
    number = 41
    return number + 1
"""
LINE = (MAIN + STOPPING).splitlines().index("    return number + 1") + 1


@pytest.fixture(scope="module")
def debugged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """A run that debuggers can attach to."""
    folder = tmp_path_factory.mktemp("debugged")
    venv.create(folder / "venv", symlinks=True)
    packages = next((folder / "venv/lib").glob("python3*/site-packages"))
    (packages / "rest.pth").write_text(sysconfig.get_paths()["purelib"], encoding="utf-8")
    python = folder / "venv/bin/python"
    uv = [sys.executable, "-m", "uv", "pip", "install", "-q", "--python", str(python)]
    subprocess.run([*uv, "debugpy>=1.8"], check=True)
    root = make_workspace(folder / "tiny", MAIN + STOPPING)
    with running(root, FLUIDKIT_TEST_DEBUG="1", FLUIDKIT_TEST_PYTHON=str(python)) as dev:
        yield dev.ready()


def address(dev: Dev) -> str:
    found = re.search(r"debugger: attach at (127\.0\.0\.1:\d+)\n", dev.said)
    assert found
    return found[1]


def test_a_breakpoint_stops_a_route_and_lets_it_go_on(debugged: Dev) -> None:
    with DebugClient(address(debugged), root=debugged.root) as debugger:
        debugger.attach(debugged.main, line=LINE)
        asked = Ask(debugged, "/api/stops")
        thread, frame = debugger.stopped()
        assert (frame["name"], frame["line"]) == ("stops", LINE)
        assert frame["source"]["path"] == str(debugged.main)
        value = debugger.ask("evaluate", {"expression": "number", "frameId": frame["id"]})
        assert value["result"] == "41"
        debugger.ask("continue", {"threadId": thread})
        assert asked.answer() == (200, "42")
        debugger.ask("disconnect", {})
    until(lambda: "debugger detached" in debugged.said, 20)


def test_a_save_ends_the_stop_and_has_the_debugger_come_back_to_the_new_code(
    debugged: Dev,
) -> None:
    with DebugClient(address(debugged), root=debugged.root) as debugger:
        debugger.attach(debugged.main, line=LINE)
        asked = Ask(debugged, "/api/stops")
        debugger.stopped()
        debugged.edit("number = 41", "number = 51")
        assert debugger.event("terminated") == {"restart": True}
        assert asked.answer() == (200, "42")
    with DebugClient(address(debugged), root=debugged.root) as debugger:
        debugger.attach(debugged.main, line=LINE)
        asked = Ask(debugged, "/api/stops")
        thread, _ = debugger.stopped()
        debugger.ask("continue", {"threadId": thread})
        assert asked.answer() == (200, "52")
    assert "does not answer" not in debugged.said
    assert debugged.said.count("debugger: ") == 1


def test_a_debugger_that_vanishes_leaves_nothing_stopped(debugged: Dev) -> None:
    with DebugClient(address(debugged), root=debugged.root) as debugger:
        debugger.attach(debugged.main, line=LINE)
        asked = Ask(debugged, "/api/stops")
        debugger.stopped()
    assert asked.answer()[0] == 200


def test_what_a_web_page_sends_to_the_port_reaches_nobody(debugged: Dev) -> None:
    request = {"seq": 1, "type": "request", "command": "initialize", "arguments": {}}
    body = json.dumps(request).encode()
    host, _, port = address(debugged).partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as page:
        page.sendall(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        heard = b""
        while part := page.recv(65536):
            heard += part
    assert b"initialize" not in heard


def test_vs_code_attaches_to_the_port_that_is_listened_on_first() -> None:
    file = REPOSITORY / "scaffolds/workspace/base/dot_vscode/launch.json"
    (attach,) = [
        each
        for each in json.loads(file.read_text(encoding="utf-8"))["configurations"]
        if each["request"] == "attach"
    ]
    assert attach["connect"] == {"host": "127.0.0.1", "port": DEBUGGER_PORT}
    assert attach["pathMappings"] == [{"localRoot": "${workspaceFolder}", "remoteRoot": "."}]
    assert attach["justMyCode"] is True
