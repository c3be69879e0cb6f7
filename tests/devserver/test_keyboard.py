"""Keys in a real terminal, and the settings that it is left in."""

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from devserver.running import Dev, until
from devserver.windows import LAUNCH, Window, in_window, shell, window
from fluidkit_cli.devserver.keyboard import QUIET_SECONDS, key_of

HELP = "list the routes and their clients"


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        *((b"r", "r"), (b"R", "r"), (b"\n", "\n"), (b"rq", ""), (b"\x04", ""), (b"\x1b", "")),
        *((b"\x1b[A", ""), ("é".encode(), ""), (b"7", ""), (b" ", ""), (b"", "")),
    ],
)
def test_a_key_is_a_letter_that_comes_alone(typed: bytes, key: str) -> None:
    assert key_of(typed) == key


def rest() -> None:
    """Until what is typed next counts as a key of its own."""
    time.sleep(3 * QUIET_SECONDS)


def test_keys_reload_list_help_clear_and_quit_and_all_else_does_nothing(workspace: Path) -> None:
    with (workspace / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(f'python = "{sys.executable}"\n')
    with window() as terminal:
        before = terminal.settings
        with in_window(workspace, terminal) as dev:
            terminal.shows("r reload")
            assert not terminal.is_cooked
            worker = dev.state["api"]["pid"]
            terminal.type("r")
            terminal.shows("reloaded in")
            until(lambda: dev.state["api"]["pid"] not in (0, worker))
            terminal.type("l")
            terminal.shows("/api/version")
            for typed in ("q = 1\nquit\n", "\x1b[A", "\x04", "\x1bq", "\x1b[200~q\x1b[201~", "x"):
                rest()
                terminal.type(typed)
            rest()
            terminal.type("h")
            terminal.shows(HELP)
            url = dev.state["url"]
            rest()
            terminal.type("c")
            terminal.shows(url, times=2)
            assert "\x1b[2J" in terminal.shown
            rest()
            terminal.type("q")
            assert dev.wait(20) == 0
        assert terminal.settings == before
    assert "Traceback" not in terminal.shown
    assert terminal.shown.count("shutting down") == 1


def save(dev: Dev) -> None:
    dev.edit('"v1"', '"v2"')


ENDS: dict[str, Callable[[Dev], None]] = {
    "interrupt": lambda dev: dev.signal(signal.SIGINT),
    "termination": lambda dev: dev.signal(signal.SIGTERM),
    "a failure of ours": save,
    "kill": lambda dev: dev.signal(signal.SIGKILL),
}


@pytest.mark.fault(32)
@pytest.mark.parametrize("end", ENDS)
def test_however_it_ends_the_terminal_is_as_before(workspace: Path, end: str) -> None:
    with window() as terminal:
        before = terminal.settings
        with in_window(workspace, terminal, FLUIDKIT_FAULT="supervisor") as dev:
            until(lambda: not terminal.is_cooked)
            ENDS[end](dev)
            dev.wait(20)
            until(lambda: terminal.settings == before, 20)


def test_without_keys_the_terminal_is_left_alone(workspace: Path) -> None:
    with window() as terminal:
        before = terminal.settings
        with in_window(workspace, terminal, FLUIDKIT_TEST_PLAIN="1"):
            assert terminal.settings == before
    assert "r reload" not in terminal.shown


def test_it_is_suspended_and_goes_on_as_any_job(workspace: Path) -> None:
    with window() as terminal, shell(workspace, terminal):
        terminal.shows("$ ")
        terminal.type(f"stty tostop; {LAUNCH} &\n")
        terminal.shows("ready in")  # though a job in the background may not write
        rest()
        terminal.type("fg\n")
        terminal.shows(LAUNCH, times=2)
        until(lambda: not terminal.is_cooked, 20)
        help_appears_after(terminal, 1)
        rest()
        terminal.type("\x1a")
        terminal.shows("Stopped")
        terminal.type("stty -a | grep -c ' icanon'; echo on-its-$((1 + 1))-feet\n")
        terminal.shows("1\r\non-its-2-feet")
        terminal.type("fg\n")
        help_appears_after(terminal, 2)
        rest()
        terminal.type("q")
        terminal.shows("shutting down")


def help_appears_after(terminal: Window, times: int) -> None:
    """As soon as it reads keys again, which a shell does not tell."""

    def asked() -> bool:
        rest()
        if terminal.shown.count(HELP) < times:
            terminal.type("h")
        return terminal.shown.count(HELP) >= times

    until(asked, 20)
