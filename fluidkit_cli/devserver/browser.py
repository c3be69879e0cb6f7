"""Opens a page in the browser of the person at the terminal, and never in the terminal itself."""

import os
import threading
import webbrowser
from collections.abc import Callable

_TEXT_BROWSERS = frozenset({"www-browser", "links", "elinks", "lynx", "w3m", "browsh"})
"""What Python finds where there is no screen. They would read our keys."""


def open_page(url: str, *, failed: Callable[[], None]) -> threading.Thread:
    """Returns at once; `failed` is called, in another thread, when there is no browser.

    A browser may run for as long as its window is open, which must not keep us.
    """

    def work() -> None:
        if not _open(url):
            failed()

    thread = threading.Thread(target=work, name="browser", daemon=True)
    thread.start()
    return thread


def _open(url: str) -> bool:
    try:
        browser = webbrowser.get()
        chosen = "BROWSER" in os.environ
        if not chosen and getattr(browser, "name", "") in _TEXT_BROWSERS:
            return False
        return browser.open(url)
    except (webbrowser.Error, OSError):
        return False
