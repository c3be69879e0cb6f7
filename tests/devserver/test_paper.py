"""A run in a real terminal whose app and clients write whatever comes to their minds."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from devserver.running import MAIN, REPOSITORY, Dev, make_workspace, until
from devserver.windows import Window, in_window, window

NOISY = """

@app.get("/api/noisy")
async def noisy() -> None:
    print("\\x1b[35mmagenta\\x1b[0m \\x1b[2J\\x1b[6n\\x1b]0;title\\x07cleared")
    sys.stdout.buffer.write(b"bytes \\xff\\xfe end\\n")
    print("word " * 100)
    logging.getLogger().warning("by logging")
    print("unfinished", end="", flush=True)


@app.get("/api/bar")
async def bar() -> None:
    for done in range(1, 6):
        print(f"\\r{done} of 5 done", end="", file=sys.stderr, flush=True)
        await asyncio.sleep(0.2)
    print(file=sys.stderr)


@app.get("/api/fails/{name}")
async def fails(name: str) -> None:
    raise ValueError(f"nobody is called {name}")
"""


@pytest.fixture(scope="module")
def terminal() -> Iterator[Window]:
    with window() as opened:
        yield opened


@pytest.fixture(scope="module")
def dev(terminal: Window, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    main = MAIN.replace("import os\n", "import logging\nimport os\nimport sys\n", 1) + NOISY
    root = make_workspace(tmp_path_factory.mktemp("noisy") / "tiny", main)
    with in_window(root, terminal) as started:
        terminal.shows("r reload")
        yield started


def ask(dev: Dev, request: bytes) -> None:
    """Any bytes to the API, which may not like them."""
    connection = dev.connect()
    assert connection.sock
    connection.sock.sendall(request)
    connection.sock.recv(1000)


def test_what_the_app_writes_is_whole_and_cannot_steer_the_terminal(
    dev: Dev, terminal: Window
) -> None:
    dev.get("/api/noisy")
    terminal.shows("GET /api/noisy 200")
    raw = terminal.raw
    assert "\x1b[35mmagenta\x1b[0m cleared" in raw
    assert "bytes \ufffd\ufffd end\r\n" in raw
    assert "word " * 100 in raw
    assert "by logging\r\n" in raw
    assert re.search(r"unfinished\S*\r\n.*GET /api/noisy", raw)
    for forbidden in ("\x1b[2J", "\x1b[6n", "\x1b]0", "\x07"):
        assert forbidden not in raw


def test_a_progress_bar_is_drawn_in_place_and_stays_when_it_is_done(
    dev: Dev, terminal: Window
) -> None:
    dev.get("/api/bar")
    terminal.shows("GET /api/bar 200")
    shown = terminal.shown
    assert "\r\x1b[2K api │ 3 of 5 done" in shown
    assert shown.count("5 of 5 done\r\n") == 1
    assert "3 of 5 done\r\n" not in shown


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /api/fails/%1b%5B31mbob HTTP/1.1",
        b"GET /api/\x1b[31m HTTP/1.1",
        b"GET /api/version?\xc2\x9b31m\x07 HTTP/1.1",
        b"\x1b[31mGET / HTTP/1.1",
        b"GET /api/version HTTP/1.1\r\nX: \x1b]0;title\x07",
    ],
)
def test_what_a_client_sends_never_reaches_the_terminal_raw(
    dev: Dev, terminal: Window, request_line: bytes
) -> None:
    before = len(terminal.raw)
    ask(dev, request_line + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    dev.get("/api/item")
    until(lambda: "GET /api/item " in terminal.raw[before:], 20)
    written = terminal.raw[before:]
    assert not set(written) & {"\x07", "\x9b"}
    assert "\x1b]" not in written
    assert "\x1b[31mb" not in written and "\x1b[31m " not in written.replace("\x1b[31m500", "")


def test_streams_are_shown_as_they_open_and_end(dev: Dev, terminal: Window) -> None:
    stream = dev.stream()
    terminal.shows("GET /api/events 200 · streaming events")
    stream.close()
    dev.close_connections()
    terminal.shows("GET /api/events left by the client · ")
    assert re.search(r"left by the client · \d+ ms · \d+ events?\r\n", terminal.shown)


def test_a_narrow_terminal_gets_narrow_bars(dev: Dev, terminal: Window) -> None:
    terminal.resize(14)
    times = terminal.shown.count("GET /api/bar 200")
    dev.get("/api/bar")
    terminal.shows("GET /api/bar 200", times=times + 1)
    terminal.resize(80)
    *_, written, _ = terminal.shown.split("GET /api/bar 200")
    drawn = re.findall(r"\r\x1b\[2K( api │ [^\r\n\x1b]*)", written)
    bars = [line for line in drawn if "3 of" in line]
    assert bars and all(len(line) < 14 for line in bars)


LOOK = "from fluidkit_cli import console, paper; {}; print('look', paper.Paper().look())"


@pytest.mark.parametrize(
    ("environment", "before", "look"),
    [
        ({"TERM": "xterm"}, "0", "Look(columns=80, colours=True, keys=True)"),
        ({"TERM": "xterm", "NO_COLOR": "1"}, "0", "Look(columns=80, colours=False, keys=True)"),
        ({"TERM": "xterm"}, "console.plain()", "Look(columns=80, colours=False, keys=False)"),
        ({"TERM": "dumb"}, "0", "Look(columns=80, colours=False, keys=False)"),
    ],
)
def test_colours_and_keys_are_where_they_are_wanted(
    environment: dict[str, str], before: str, look: str
) -> None:
    with window() as opened:
        subprocess.run(
            [sys.executable, "-c", LOOK.format(before)],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), **environment},
            stdin=opened.terminal,
            stdout=opened.terminal,
            check=True,
        )
        opened.shows(f"look {look}")


COLOURED = """
from fluidkit_cli.devserver.lines import Line
from fluidkit_cli.paper import Paper
paper = Paper()
for voice in ("api", "web"):
    paper.write([Line("\\x1b[32m200\\x1b[0m \\x1b[2J\\x07ended", voice)])
"""


def test_the_lines_of_both_sides_keep_their_colours_alone() -> None:
    with window() as opened:
        subprocess.run(
            [sys.executable, "-c", COLOURED],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "TERM": "xterm"},
            stdin=opened.terminal,
            stdout=opened.terminal,
            check=True,
        )
        opened.shows("web │ 200 ")
        assert opened.raw.count("\x1b[32m200\x1b[0m \\x07ended") == 2


WRITE = """
from fluidkit_cli.devserver.lines import Line
from fluidkit_cli.paper import Paper
lines = [Line("naïve 日本", "api"), Line((("reloaded", "bold"),), "done"), Line("no", "warn")]
Paper().write(lines)
"""


def test_what_the_encoding_does_not_have_is_replaced_and_there_are_no_signs_in_a_pipe() -> None:
    written = subprocess.run(
        [sys.executable, "-c", WRITE],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONIOENCODING": "ascii",
        },
        capture_output=True,
        check=True,
    )
    assert written.stdout.splitlines() == [b" api ? na?ve ??", b"reloaded"]
    assert written.stderr.splitlines() == [b"no"]


def test_without_streams_nothing_is_written_and_nothing_breaks() -> None:
    code = f"import os, sys; sys.stdout = sys.stderr = None\n{WRITE}Paper().look()"
    subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)},
        check=True,
    )
