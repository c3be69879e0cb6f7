"""Pages that are opened, and terminals without a screen."""

import stat
import webbrowser
from pathlib import Path

import pytest

from fluidkit_cli.devserver.browser import open_page

URL = "http://127.0.0.1:5173"


def opened(monkeypatch: pytest.MonkeyPatch, browser: webbrowser.BaseBrowser | None) -> bool:
    """Whether it could be, with this browser as the one that Python finds."""

    def get() -> webbrowser.BaseBrowser:
        if browser is None:
            raise webbrowser.Error("could not locate runnable browser")
        return browser

    monkeypatch.setattr(webbrowser, "get", get)
    failures: list[str] = []
    open_page(URL, failed=lambda: failures.append("failed")).join(20)
    return not failures


def program(folder: Path, name: str) -> Path:
    """A browser that writes down what it is to open."""
    file = folder / name
    file.write_text(f'#!/bin/sh\necho "$1" > {folder}/opened\n', encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def test_the_browser_that_is_there_opens_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BROWSER", raising=False)
    assert opened(monkeypatch, webbrowser.GenericBrowser(str(program(tmp_path, "chrome"))))
    assert (tmp_path / "opened").read_text(encoding="utf-8").strip() == URL


@pytest.mark.parametrize("browser", [None, webbrowser.GenericBrowser("w3m")])
def test_without_a_screen_nothing_is_opened_in_the_terminal(
    monkeypatch: pytest.MonkeyPatch, browser: webbrowser.BaseBrowser | None
) -> None:
    monkeypatch.delenv("BROWSER", raising=False)
    assert not opened(monkeypatch, browser)


def test_a_browser_that_somebody_has_chosen_is_used_whatever_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = program(tmp_path, "w3m")
    monkeypatch.setenv("BROWSER", str(chosen))
    assert opened(monkeypatch, webbrowser.GenericBrowser(str(chosen)))
    assert (tmp_path / "opened").exists()
