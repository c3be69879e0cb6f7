"""`breakpoint()` in the user's code, in a real terminal and without one."""

import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from devserver.asking import Ask
from devserver.running import MAIN, Dev, make_workspace, running, until
from devserver.windows import Window, in_window, window

STOPPING = """
@app.get("/api/stops")
async def stops() -> int:
    number = 41
    breakpoint()
    number += 1
    return number

@app.get("/api/stops/in-a-thread")
def stops_in_a_thread() -> str:
    word = "one"
    breakpoint()
    return word
"""
PROMPT = "(Pdb) "


@pytest.fixture(scope="module")
def terminal() -> Iterator[Window]:
    with window() as opened:
        yield opened


@pytest.fixture(scope="module")
def stopping(terminal: Window, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """A run in the terminal."""
    root = make_workspace(tmp_path_factory.mktemp("stopping") / "tiny", MAIN + STOPPING)
    with in_window(root, terminal) as dev:
        yield dev


def line_of(statement: str) -> int:
    return (MAIN + STOPPING).splitlines().index(f"    {statement}") + 1


def prompts(terminal: Window) -> int:
    return terminal.shown.count(PROMPT)


def ask_and_stop(dev: Dev, terminal: Window, path: str = "/api/stops") -> Ask:
    """Returns when the debugger has its prompt."""
    before = prompts(terminal)
    asked = Ask(dev, path)
    terminal.shows(PROMPT, times=before + 1)
    return asked


def test_a_breakpoint_of_an_async_route_prompts_in_the_terminal(
    stopping: Dev, terminal: Window
) -> None:
    asked = ask_and_stop(stopping, terminal)
    terminal.type("p number + 1000\n")
    terminal.shows("1041")
    terminal.type(f"until {line_of('return number')}\n")
    terminal.shows("return number")
    terminal.type("number = 7\nc\n")
    assert asked.answer() == (200, "7")
    terminal.shows("GET /api/stops 200")


def test_what_is_typed_is_shown(stopping: Dev, terminal: Window) -> None:
    asked = ask_and_stop(stopping, terminal)
    terminal.type("p 'typed by me'\n")
    terminal.shows("(Pdb) p 'typed by me'")
    terminal.type("c\n")
    asked.answer()


def test_an_interrupt_is_the_prompts_and_the_run_goes_on(stopping: Dev, terminal: Window) -> None:
    asked = ask_and_stop(stopping, terminal)
    terminal.type(b"\x03")
    terminal.shows("--KeyboardInterrupt--")
    terminal.type("c\n")
    assert asked.answer() == (200, "42")
    assert stopping.process and stopping.process.poll() is None


def test_two_threads_prompt_one_after_the_other_while_others_are_answered(
    stopping: Dev, terminal: Window
) -> None:
    first = ask_and_stop(stopping, terminal, "/api/stops/in-a-thread")
    second = Ask(stopping, "/api/stops/in-a-thread")
    assert stopping.get("/api/item") == (200, {"name": "a"})
    before = prompts(terminal)
    terminal.type("word = 'two'\nc\n")
    assert first.answer() == (200, '"two"')
    terminal.shows(PROMPT, times=before + 2)
    terminal.type("c\n")
    assert second.answer() == (200, '"one"')


def test_who_quits_the_debugger_fails_the_request_alone(stopping: Dev, terminal: Window) -> None:
    asked = ask_and_stop(stopping, terminal)
    terminal.type("q\n")
    assert asked.answer()[0] == 500
    assert stopping.get("/api/item") == (200, {"name": "a"})


def test_a_save_serves_the_new_code_and_leaves_the_prompt(stopping: Dev, terminal: Window) -> None:
    asked = ask_and_stop(stopping, terminal)
    stopping.edit('"v1"', '"v2"')
    until(lambda: stopping.get("/api/version") == (200, "v2"), 20)
    terminal.type("number = 9\nc\n")
    assert asked.answer() == (200, "10")
    terminal.shows("reloaded in")


def test_nothing_is_said_to_be_silent_while_somebody_is_at_the_prompt(
    stopping: Dev, terminal: Window
) -> None:
    asked = ask_and_stop(stopping, terminal)
    pings = threading.Event()
    pings.wait(4.5)  # two pings and a bit: that nothing happens cannot be waited for
    terminal.type("c\n")
    asked.answer()
    terminal.shows("GET /api/stops 200")
    assert "does not answer" not in terminal.shown


@pytest.mark.parametrize("way", ["two interrupts", "SIGTERM"])
def test_a_run_ends_although_somebody_is_at_the_prompt(tmp_path: Path, way: str) -> None:
    root = make_workspace(tmp_path / "tiny", MAIN + STOPPING)
    with window() as terminal:
        settings = terminal.settings
        with in_window(root, terminal) as dev:
            asked = Ask(dev, "/api/stops")
            terminal.shows(PROMPT)
            if way == "SIGTERM":
                dev.signal(signal.SIGTERM)
            else:
                terminal.type(b"\x03")
                terminal.shows("--KeyboardInterrupt--")
                terminal.shows(PROMPT, times=2)
                terminal.type(b"\x03")
            assert dev.wait(20) == (143 if way == "SIGTERM" else 130)
            assert asked.answers == []
        assert terminal.settings == settings


def test_without_a_terminal_a_breakpoint_fails_its_request_and_says_so(tmp_path: Path) -> None:
    with running(make_workspace(tmp_path / "tiny", MAIN + STOPPING)) as dev:
        dev.ready()
        assert Ask(dev, "/api/stops").answer()[0] == 500
        line = line_of("number += 1" if sys.version_info < (3, 13) else "breakpoint()")
        until(lambda: f"The breakpoint at backend/main.py:{line} has no terminal" in dev.said, 20)
        assert dev.get("/api/version") == (200, "v1")
